import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import { progress } from '../../format/progress.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Climb } from '../Climb.js'
import { recoverFromOutputs } from '../input/recoverFromOutputs.js'
import { recoverFromTensor } from '../input/recoverFromTensor.js'
import type { ModelReference } from '../model/ModelReference.js'
import { nameInput } from '../model/openGolden.js'
import type { Sample } from '../Sample.js'

/** So many pictures decide; fewer fit too many records. */
const fewestPictures = 3
/** What another decoder leaves of an output that the right record gives. */
const recoveredDb = 40

/**
 * The golden inputs where nobody has them, from the pictures: what the original gave for at least three of them is
 * tried for with inputs made in many ways. Where one tensor is all that there is, how it was made is only said.
 */
export async function recoverGolden(climb: Climb): Promise<readonly Sample[]> {
  const { samples, reference, record } = climb
  const known = samples.filter(({ image, golden, referenceOutput }) => image && referenceOutput && !golden)
  if (!record && reference && known.length >= fewestPictures) {
    return fromOutputs(climb, reference, known)
  }
  if (!record) sayHowMade(climb)
  return samples
}

async function fromOutputs(
  { samples, rungs, findings }: Climb,
  reference: ModelReference,
  known: readonly Sample[],
): Promise<readonly Sample[]> {
  progress('recovering how the original’s input is made')
  const size = sizeOf(reference, known[0]!.deployed)
  if (!size) return samples
  const run = async (input: Tensor) => {
    const { outputs } = await reference.run(nameInput(reference, input))
    return Object.values(outputs)[0]!
  }
  const images = known.map(({ image }) => image!)
  const outputs = known.map(({ referenceOutput }) => Object.values(referenceOutput!)[0]!)
  const found = await recoverFromOutputs(images, outputs, run, recoveredDb, { size })
  const worstDb = Math.min(...found.sqnrDb)
  rungs.push({
    rung: 'inputs',
    said: `the original’s outputs for ${images.length} pictures are those of inputs made by ${describe(found.record)} (${formatDb(worstDb)})`,
  })
  if (!found.isIdentified) {
    findings.push({ causes: [], rejected: [], missing: found.missing })
    if (worstDb < recoveredDb) return samples
  }
  const made = new Map(known.map((sample) => [sample, preprocess(sample.image!, found.record)]))
  return samples.map((sample) => (made.has(sample) ? { ...sample, golden: made.get(sample)! } : sample))
}

/** Of an input of three channels or one, whichever end they are at. */
function sizeOf({ inputs }: ModelReference, deployed: Tensor | undefined): Preprocessing['size'] | undefined {
  const shape = inputs.find(({ unused }) => !unused)?.shape
  const sizes = (shape?.every((size) => size > 0) ? shape : deployed?.shape)?.slice(-3)
  if (sizes?.length !== 3) return undefined
  const [height, width] = (sizes[2]! <= 4 ? sizes.slice(0, 2) : sizes.slice(1)) as [number, number]
  return { width, height }
}

function sayHowMade({ samples, rungs }: Climb): void {
  for (const { image, golden, deployed } of samples) {
    if (!image || Boolean(golden) === Boolean(deployed)) continue
    try {
      const { record, sqnrDb } = recoverFromTensor(image, (golden ?? deployed)!)
      const which = golden ? 'golden' : 'deployed'
      rungs.push({
        rung: 'inputs',
        said: `the ${which} input was made by ${describe(record)} (${formatDb(sqnrDb)})`,
      })
    } catch (error) {
      // What is wrong with it is told by those that compare it.
      if (!(error instanceof TwinferError)) throw error
    }
  }
}

function describe(record: Preprocessing): string {
  const { size, order, fit, cropPct, resampler, interpolation, mean = 0, std = 1 } = record
  const numbers = (value: number | readonly number[]) =>
    [value]
      .flat()
      .map((one) => Number(one.toPrecision(4)))
      .join(', ')
  const share = cropPct === undefined ? '' : ` ${cropPct}`
  return `${order}, ${fit}${share} to ${size.width} x ${size.height}, ${resampler} ${interpolation}, mean ${numbers(mean)}, std ${numbers(std)}`
}
