import { TwinferError } from '../errors/TwinferError.js'
import type { Preprocessing } from '../preprocess/Preprocessing.js'
import { preprocess } from '../preprocess/preprocess.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { Reference, Remembered } from './Reference.js'
import type { Sample } from './Sample.js'

/**
 * Fills in what follows from the rest: a pack's inputs and outputs are golden; a picture and its record give the input
 * that is not there, the deployed one where the golden one is, else the golden one.
 */
export async function completeSamples(
  given: readonly Sample[],
  reference: Reference | undefined,
  record: Preprocessing | undefined,
): Promise<readonly Sample[]> {
  const remembered = await reference?.remembered()
  const samples = given.length === 0 && remembered ? [{ name: reference!.name }] : given
  return samples.map((sample) => byRecord(byPack(sample, remembered, samples.length), record))
}

function byPack(sample: Sample, remembered: Remembered | undefined, count: number): Sample {
  if (!remembered) return sample
  const golden = sample.golden ?? (count === 1 ? onlyOne(remembered.inputs) : undefined)
  if (golden === undefined) return sample
  const isRecorded = isSame(golden, onlyOne(remembered.inputs))
  if (isRecorded) return { ...sample, golden, referenceOutput: sample.referenceOutput ?? remembered.outputs }
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `${sample.name}: expected the golden input that the pack was recorded with, received another one`,
    { help: 'Leave the golden input out: the pack holds it. Or give the .onnx as the reference.' },
  )
}

function byRecord(sample: Sample, record: Preprocessing | undefined): Sample {
  const { image, golden, deployed } = sample
  if (image === undefined || record === undefined || (golden && deployed)) return sample
  const made = preprocess(image, record)
  return golden ? { ...sample, deployed: made } : { ...sample, golden: made }
}

/** Packs of models with several inputs are fed whole: there is no one tensor to look at. */
function onlyOne(tensors: NamedTensors): Tensor | undefined {
  const [first, ...rest] = Object.values(tensors)
  return rest.length === 0 ? first : undefined
}

function isSame(a: Tensor, b: Tensor | undefined): boolean {
  return b !== undefined && a.length === b.length && a.data.every((value, at) => value === b.data[at])
}
