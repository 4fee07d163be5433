import { TwinferError } from '../errors/TwinferError.js'
import { type NativeOpenRequest, native } from '../native.js'
import { Model } from './Model.js'
import { modelFiles } from './modelFiles.js'
import type { OpenOptions } from './OpenOptions.js'
import { precisions } from './Precision.js'

/**
 * Loads a network: a `.param` (its `.bin` beside it), an `.mnn`, or the content of either. Files are
 * checked before the engine sees them, because both engines crash on damaged ones.
 *
 * @throws TwinferError TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_TRUNCATED,
 * TWINFER_MODEL_INVALID, TWINFER_MODEL_UNSUPPORTED, TWINFER_INVALID_OPTION,
 * TWINFER_DEVICE_UNAVAILABLE, TWINFER_OUT_OF_MEMORY or TWINFER_NATIVE_LOAD_FAILED.
 */
export async function open(model: string | URL | Uint8Array, options: OpenOptions = {}): Promise<Model> {
  checkOptions(options)
  const started = performance.now()
  const files = await modelFiles(model, options)
  const request: NativeOpenRequest = {
    ...files,
    precision: options.precision ?? 'default',
    threads: options.threads ?? 0,
    device: options.device ?? 'cpu',
    engineOptions: options.engineOptions ?? {},
    inputShapes: options.inputShapes ?? {},
  }
  const runner = await native().Runner.open(request)
  return new Model(runner, files.engine, performance.now() - started, options.logger)
}

const optionNames = new Set([
  'engine',
  'weights',
  'precision',
  'threads',
  'device',
  'engineOptions',
  'inputShapes',
  'logger',
])

function checkOptions(options: OpenOptions) {
  if (typeof options !== 'object' || options === null) refuse('options as an object', options)
  for (const name of Object.keys(options)) {
    if (!optionNames.has(name)) refuse(`one of ${[...optionNames].join(', ')}`, name)
  }
  const { engine, precision = 'default', threads, logger, inputShapes = {}, engineOptions = {} } = options
  if (engine !== undefined && engine !== 'ncnn' && engine !== 'mnn') refuse("engine 'ncnn' or 'mnn'", engine)
  if (!precisions.includes(precision)) refuse(`precision ${precisions.join(', ')}`, precision)
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 256)) {
    refuse('threads from 1 to 256', threads)
  }
  if (logger !== undefined && typeof logger !== 'function') refuse('logger as a function', logger)
  for (const [name, value] of Object.entries({ inputShapes, engineOptions })) {
    if (typeof value !== 'object' || value === null) refuse(`${name} as an object`, value)
  }
}

function refuse(expected: string, received: unknown): never {
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `expected ${expected}, received ${JSON.stringify(received)}`,
  )
}
