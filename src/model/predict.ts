import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import { type InputSource, ModelRecord, type RecordedFile } from '../preprocess/sidecar/ModelRecord.js'
import type { TypedArray } from '../tensor/DType.js'
import type { Tensor } from '../tensor/Tensor.js'
import { type Interpretation, interpretOutputs, type Mask, type RankedClass } from './interpretOutputs.js'
import type { RunResult } from './makeRunResult.js'
import type { PredictOptions, RunInputs, RunOptions, TensorInfo } from './options.js'

/** What a model makes of a picture or sound. */
export interface Prediction {
  /** What it computed, by output. */
  readonly outputs: RunResult
  /** What that means, by output. */
  readonly meanings: Readonly<Record<string, Interpretation>>
  /** Of the first output of scores: the best classes, the best one first. */
  readonly top?: readonly RankedClass[]
  /** Of the first output that is one: a class for each pixel of the input. */
  readonly mask?: Mask
  /** Of the first output that is one: as the model gave it, not normalised. */
  readonly embedding?: Float32Array
  /** That the sidecar was made for other files. */
  readonly warnings: readonly string[]
}

interface Predicting {
  readonly inputs: readonly TensorInfo[]
  run(inputs: RunInputs, options: RunOptions): Promise<RunResult>
}

/** `Model.predict`, with options that were checked; of a model without a sidecar there is the file alone. */
export async function predictOn(
  model: Predicting,
  known: ModelRecord | RecordedFile,
  source: InputSource | Readonly<Record<string, InputSource>>,
  { top, inputs, signal }: CheckedOptions,
): Promise<Prediction> {
  signal?.throwIfAborted()
  const record = known instanceof ModelRecord ? known : ModelRecord.none(known)
  const feeds = await record.feeds(model.inputs, source)
  const all: Readonly<Record<string, Tensor | TypedArray>> = Object.assign(Object.create(null), inputs, feeds)
  const outputs = await model.run(all, signal === undefined ? {} : { signal })
  const meanings = interpretOutputs(outputs, record.sidecar!, top)
  return { outputs, meanings, ...firstOf(meanings), warnings: record.warnings }
}

/** The first of each kind, for models whose outputs mean one thing each. */
function firstOf(
  meanings: Readonly<Record<string, Interpretation>>,
): Pick<Prediction, 'top' | 'mask' | 'embedding'> {
  const found: { top?: readonly RankedClass[]; mask?: Mask; embedding?: Float32Array } = {}
  for (const meaning of Object.values(meanings)) {
    if ('top' in meaning) found.top ??= meaning.top
    if ('mask' in meaning) found.mask ??= meaning.mask
    if ('embedding' in meaning) found.embedding ??= meaning.embedding
  }
  return found
}

const optionNames: OptionNames<PredictOptions> = { top: true, inputs: true, signal: true }

type CheckedOptions = PredictOptions & { readonly top: number }

/** With the default. Throws TWINFER_INVALID_ARGUMENT for options of the wrong kind. */
export function requirePredictOptions(options: PredictOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw wrong('options as an object', options)
  requireOptions(options, optionNames)
  const { top = 5, inputs, signal } = options
  if (!Number.isSafeInteger(top) || top < 1) throw wrong('top as a whole number from 1 up', top)
  if (inputs !== undefined && (typeof inputs !== 'object' || inputs === null)) {
    throw wrong('inputs by name', inputs)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrong('signal as an AbortSignal', signal)
  return { ...options, top }
}

function wrong(expected: string, received: unknown): TwinferError {
  return new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected ${expected}, received ${describeValue(received)}`,
  )
}
