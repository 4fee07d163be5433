import { TwinferError } from '../errors/TwinferError.js'
import type { Preprocessing } from '../preprocess/Preprocessing.js'
import { preprocess } from '../preprocess/preprocess.js'
import { hasSameValues } from '../tensor/hasSameValues.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { GoldenRun } from './model/ModelReference.js'
import type { Sample } from './Sample.js'

/**
 * Fills in what follows from the rest: a pack's input and outputs are golden; a picture and its record give the input
 * that is not there, the deployed one where the golden one is, else the golden one.
 *
 * Throws TWINFER_INVALID_ARGUMENT for a golden input that is not the pack's.
 */
export function completeSamples(
  given: readonly Sample[],
  recorded: GoldenRun | undefined,
  record: Preprocessing | undefined,
): readonly Sample[] {
  const samples = given.length === 0 && recorded ? [{ name: 'the recorded input' }] : given
  return samples.map((sample) => byRecord(byPack(sample, recorded, samples.length), record))
}

function byPack(sample: Sample, recorded: GoldenRun | undefined, count: number): Sample {
  if (!recorded) return sample
  const own = onlyOne(recorded.inputs)
  const golden = sample.golden ?? (count === 1 ? own : undefined)
  if (golden === undefined) return sample
  if (!own || !hasSameValues(golden.data, own.data)) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `${sample.name}: expected the golden input that the pack was recorded with, received another one`,
      { help: 'Leave the golden input out: the pack holds it. Or give the .onnx as the reference.' },
    )
  }
  return { ...sample, golden, referenceOutput: sample.referenceOutput ?? recorded.outputs }
}

function byRecord(sample: Sample, record: Preprocessing | undefined): Sample {
  const { image, golden, deployed } = sample
  if (image === undefined || record === undefined || (golden && deployed)) return sample
  const made = preprocess(image, record)
  return golden ? { ...sample, deployed: made } : { ...sample, golden: made }
}

/** A pack of a model with several inputs is fed whole: there is no one tensor to look at. */
function onlyOne(tensors: NamedTensors): Tensor | undefined {
  const [first, ...rest] = Object.values(tensors)
  return rest.length === 0 ? first : undefined
}
