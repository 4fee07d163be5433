import { resolve } from 'node:path'
import { answering } from '../errors/answering.js'
import type { FileOrBytes, ModelFile, ModelSource } from '../file/ModelFile.js'
import { addonPath } from '../native/loadAddon.js'
import type { NativeRunnerOptions } from '../native/NativeRunner.js'
import { type NativeIsolation, native } from '../native/native.js'
import { withReceived } from '../native/receivedOption.js'
import type { ModelRecord } from '../preprocess/sidecar/ModelRecord.js'
import { hasSidecar } from '../preprocess/sidecar/sidecarPath.js'
import { convertedFile, engineFiles } from './engineFiles.js'
import { Model } from './Model.js'
import type { Limits, LogLine, OpenOptions } from './options.js'
import { runnerOptions } from './runnerOptions.js'

/**
 * Loads a network: a `.param` (its `.bin` beside it), an `.mnn`, the content of either, or a `ModelFile`. Files are
 * checked before the engine sees them, because both engines crash on damaged ones. The sidecar beside the model is read,
 * for `predict`; that it was made for other files is in `effective.notes`.
 *
 * @throws TwinferError TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_TRUNCATED,
 * TWINFER_MODEL_INVALID, TWINFER_MODEL_UNSUPPORTED, TWINFER_INVALID_OPTION,
 * TWINFER_DEVICE_UNAVAILABLE, TWINFER_OUT_OF_MEMORY or TWINFER_NATIVE_LOAD_FAILED; TWINFER_SIDECAR_INVALID or
 * TWINFER_SIDECAR_UNSUPPORTED for a sidecar that is named; TWINFER_TUNED_INVALID for a file of tuned settings that is
 * damaged, and TWINFER_TUNED_MISMATCH for one of another model, engine version or CPU; TWINFER_ENGINE_CRASHED or
 * TWINFER_LIMIT_EXCEEDED for an isolated model.
 */
export const open = answering(
  'open',
  async function open(model: ModelSource, options: OpenOptions = {}): Promise<Model> {
    const { tuned, given } = splitTuned(options)
    const asked = runnerOptions(given)
    const file = await convertedFile(model, given)
    const { requested, notes } =
      tuned === undefined ? { requested: asked, notes: [] } : await applied(file, tuned, given)
    // Before the engine: a sidecar that is named and damaged leaves nothing open, and hashing is no part of `loadMs`.
    const record = await loadRecord(file, options.sidecar)
    const started = performance.now()
    const files = await engineFiles(file, {})
    const isolation = options.isolate ? isolationOf(options.limits, requested) : undefined
    const request = isolation
      ? { ...files, model: absolute(files.model), weights: absolute(files.weights) }
      : files
    // The process of an isolated one is ended from outside.
    const limits = isolation ? { ...requested.limits, ms: 0 } : requested.limits
    const runner = await native()
      .Runner.open({ ...request, ...requested, limits, isolation })
      .catch((error: unknown) => {
        throw withReceived(error, requested.engineOptions)
      })
    return new Model(runner, files.engine, performance.now() - started, options.logger, file, record, notes)
  },
)

/** The default of `limits.ms` of an isolated model. */
const patientMs = 60_000

/** The same Node, which loads the same addon and serves the model on the descriptor that it is given. */
function isolationOf(
  limits: Limits | undefined,
  { limits: { ms, memory } }: NativeRunnerOptions,
): NativeIsolation {
  const script = 'require(process.argv[1]).serveModel(3)'
  const patience = limits?.ms === undefined ? patientMs : ms
  return { command: [process.execPath, '-e', script, addonPath()], ms: patience, memory }
}

/** The process may be started again when this one works in another folder. */
function absolute<File extends FileOrBytes | undefined>(file: File): File | string {
  return typeof file === 'string' ? resolve(file) : file
}

/** Checked as all options are, before there is a file to read. */
function splitTuned(options: OpenOptions) {
  if (typeof options !== 'object' || options === null) return { tuned: undefined, given: options }
  const { tuned, ...given } = options
  return { tuned, given }
}

async function applied(file: ModelFile, tuned: string | URL, given: OpenOptions) {
  const { applyTuned } = await import('./tuned.js')
  const { options, notes } = await applyTuned(file, tuned, given)
  return { requested: runnerOptions(options), notes }
}

/** Undefined where there is no sidecar, as for most models: what reads one is not loaded then. */
async function loadRecord(file: ModelFile, choice: OpenOptions['sidecar']): Promise<ModelRecord | undefined> {
  const isBeside = file.path !== undefined && (await hasSidecar(file.path))
  if (choice === false || (choice === undefined && !isBeside)) return undefined
  const { ModelRecord } = await import('../preprocess/sidecar/ModelRecord.js')
  return ModelRecord.load(file, choice, () => file.digest())
}

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
