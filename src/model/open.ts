import { answering } from '../errors/answering.js'
import type { ModelSource } from '../file/ModelFile.js'
import { native } from '../native/native.js'
import { engineFiles } from './engineFiles.js'
import { Model } from './Model.js'
import type { LogLine, OpenOptions } from './options.js'
import { runnerOptions } from './runnerOptions.js'

/**
 * Loads a network: a `.param` (its `.bin` beside it), an `.mnn`, the content of either, or a `ModelFile`. Files are
 * checked before the engine sees them, because both engines crash on damaged ones.
 *
 * @throws TwinferError TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_TRUNCATED,
 * TWINFER_MODEL_INVALID, TWINFER_MODEL_UNSUPPORTED, TWINFER_INVALID_OPTION,
 * TWINFER_DEVICE_UNAVAILABLE, TWINFER_OUT_OF_MEMORY or TWINFER_NATIVE_LOAD_FAILED.
 */
export const open = answering(
  'open',
  async function open(model: ModelSource, options: OpenOptions = {}): Promise<Model> {
    const requested = runnerOptions(options)
    const started = performance.now()
    const files = await engineFiles(model, options)
    const runner = await native().Runner.open({ ...files, ...requested })
    return new Model(runner, files.engine, performance.now() - started, options.logger)
  },
)

/**
 * Receives every line that the engines print on behalf of this thread's calls, direct bindings
 * included; `undefined` goes back to silence. A model's own `logger` option is called as well.
 */
export const setLogger = answering(
  'setLogger',
  function setLogger(logger: ((line: LogLine) => void) | undefined): void {
    native().setLogger(logger && ((engine, _level, text) => logger({ engine, text })))
  },
)
