import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { hasSameValues } from '../../tensor/hasSameValues.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause, Rejected } from '../Cause.js'
import { type Findings, nothing } from '../Findings.js'
import type { Sample } from '../Sample.js'
import { diagnosePair } from './diagnosePair.js'
import { pictureShape } from './planes.js'
import { diagnoseSound, isSound } from './soundFeatures.js'
import { constantInput, unusableInput } from './unusableInput.js'

export interface InputContext {
  /** How the original's input is made, where that is known: from its sidecar. */
  readonly record?: Preprocessing | undefined
}

/** More samples than this tell nothing new of the same code. */
const mostSamples = 4

/**
 * What happened to the input: compares what the application feeds (`deployed`) with what the original was fed
 * (`golden`), without any inference; from the two alone, and from the picture where a sample has one: then both are
 * traced back to it, and each difference between the two ways is a cause. Every fault that the evidence supports is
 * named, several at once where they coexist; inputs that agree to what rounding and other decoders leave give no cause.
 *
 * The evidence of a cause holds the numbers: slopes and offsets (golden = slope * deployed + offset), the part of the
 * picture, the order, `sqnrDb` before and after the faults are taken out, and with a picture the recovered records of
 * both (`golden`, `deployed`). What cannot be told apart by these inputs (grey or square pictures), or cannot be
 * compared at all, is said in `missing`. One input alone can only be unusable by itself. Never throws for what the tensors hold.
 */
export function diagnoseInputs(samples: readonly Sample[], context: InputContext = {}): Findings {
  const pairs = samples.filter((sample) => sample.golden && sample.deployed)
  if (pairs.length === 0) {
    return {
      ...nothing,
      causes: loneCauses(samples),
      missing: [
        'With what the original is fed and what the application feeds (a golden and a deployed input), the two could be compared.',
      ],
    }
  }
  const found = pairs.slice(0, mostSamples).map((sample) => {
    const { golden, deployed } = sample as Sample & { golden: Tensor; deployed: Tensor }
    return diagnoseSample(sample, golden, deployed, context)
  })
  return found.length === 1 ? found[0]! : merged(found)
}

function diagnoseSample(sample: Sample, golden: Tensor, deployed: Tensor, context: InputContext): Findings {
  if (isSame(golden, deployed)) return nothing
  if (!sample.image && !context.record && isSound(golden)) return diagnoseSound(sample.name, golden, deployed)
  try {
    pictureShape(golden)
    pictureShape(deployed)
  } catch (error) {
    const cause = unusableInput('golden', golden) ?? unusableInput('deployed', deployed)
    if (cause && !(cause.code === 'INPUT_CONSTANT' && constantInput(golden)))
      return { ...nothing, causes: [cause] }
    return { ...nothing, missing: [`${sample.name}: ${(error as Error).message}.`] }
  }
  return diagnosePair({ name: sample.name, golden, deployed, image: sample.image, record: context.record })
}

/** What one input alone shows: that it holds no numbers, or nothing. */
function loneCauses(samples: readonly Sample[]): readonly Cause[] {
  for (const { golden, deployed } of samples) {
    const cause = golden ? unusableInput('golden', golden) : deployed && unusableInput('deployed', deployed)
    if (cause) return [cause]
  }
  return []
}

function isSame(golden: Tensor, deployed: Tensor): boolean {
  if (`${golden.shape}` !== `${deployed.shape}` || golden.layout !== deployed.layout) return false
  return hasSameValues(float32Values(golden), float32Values(deployed))
}

/**
 * Of several samples of the same code: a cause that at least half of those name that name anything, or for which no
 * sample speaks against. What only a few show is rejected, with their numbers.
 */
function merged(found: readonly Findings[]): Findings {
  const causes: Cause[] = []
  const rejected: Rejected[] = found.flatMap((findings) => findings.rejected)
  const codes = new Set(found.flatMap((findings) => findings.causes.map(({ code }) => code)))
  for (const code of codes) {
    const named = found.flatMap((findings) => findings.causes.filter((cause) => cause.code === code))
    const best = named.reduce((a, b) => (b.confidence > a.confidence ? b : a))
    const counts = { samples: found.length, samplesWithCause: named.length }
    if (2 * named.length >= found.length) {
      const confidence = Math.round(100 * best.confidence * (0.7 + (0.3 * named.length) / found.length)) / 100
      causes.push({ ...best, confidence, evidence: { ...best.evidence, ...counts } })
    } else {
      rejected.push({
        code,
        message: `Only ${named.length} of ${found.length} samples show it: ${best.message}`,
        evidence: { ...best.evidence, ...counts },
      })
    }
  }
  return {
    causes: causes.sort((a, b) => b.confidence - a.confidence),
    rejected,
    missing: [...new Set(found.flatMap((findings) => findings.missing))],
  }
}
