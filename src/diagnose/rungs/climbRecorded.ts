import { compareTensors } from '../../compare/measure/compareTensors.js'
import { pairOutputs } from '../../compare/outputs/pairOutputs.js'
import { formatDb } from '../../format/numbers.js'
import { hasSameValues } from '../../tensor/hasSameValues.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause } from '../Cause.js'
import { type Climb, isAccused, report } from '../Climb.js'
import { isHarmless } from '../conclude.js'
import { type Findings, nothing } from '../Findings.js'
import type { GoldenRun } from '../model/ModelReference.js'
import { nameInput } from '../model/openGolden.js'
import { diagnoseOutputs } from '../output/diagnoseOutputs.js'
import type { OutputPair } from '../output/OutputSamples.js'
import type { Sample } from '../Sample.js'
import type { Climbed } from './climbRuns.js'

/**
 * The outputs that the application says it got, as they are: beside what the original gave and, where that tells
 * nothing, beside what the candidate computes here of what it was fed. Only how they were read can differ there.
 */
export async function climbRecorded(
  climb: Climb,
  golden: readonly GoldenRun[],
  climbed: Climbed | undefined,
): Promise<void> {
  const got = climb.samples.filter(({ candidateOutput }) => candidateOutput)
  if (got.length === 0) return
  const unsteady = findUnsteady(got)
  if (unsteady) {
    report(climb, 'outputs', { ...nothing, causes: [unsteady] }, 'the recorded outputs beside each other')
    return
  }
  const beside = judge(climb, pairsOf(got, originalOutputs(climb, golden)), 'the original’s')
  if (beside === 'agrees' || beside === 'explained') return
  const own = climbed && (await ownOutputs(climb, got, climbed))
  const reread = own ? judge(climb, pairsOf(got, own), 'what the candidate gives here') : 'nothing'
  // What is neither the original's nor the candidate's own came about elsewhere: no agreement here speaks for it.
  if (reread === 'agrees' || reread === 'explained' || isAccused(climb)) return
  climb.unexplained.push(
    beside === 'nothing'
      ? 'Nothing is known that the candidate’s recorded output could be held against.'
      : 'The output that was recorded of the candidate differs from the original’s.',
  )
  if (climb.samples.some(({ deployed }) => deployed)) return
  climb.findings.push({
    causes: [],
    rejected: [],
    missing: ['Give what the application fed the candidate as --deployed-input: the fault may lie in it.'],
  })
}

/** `nothing`: there was nothing to hold it against. */
function judge(
  climb: Climb,
  pairs: readonly OutputPair[],
  beside: string,
): 'agrees' | 'explained' | 'differs' | 'nothing' {
  if (pairs.length === 0) return 'nothing'
  const { engine } = climb.candidate
  const found = diagnoseOutputs(pairs, { precision: null, ...(engine !== 'onnx' && { engine }) })
  const agrees = found.causes.length > 0 && found.causes.every(isHarmless)
  // Beside the candidate's own output, agreement says nothing new: the model, or its input, is what is wrong.
  report(climb, 'outputs', withoutNone(found), `the recorded output beside ${beside}`)
  if (!agrees) return found.causes.length > 0 ? 'explained' : 'differs'
  climb.cleared.push({ what: `the recorded output is ${beside}`, evidence: found.causes[0]!.evidence })
  return 'agrees'
}

function withoutNone(found: Findings): Findings {
  return { ...found, causes: found.causes.filter(({ code }) => code !== 'NONE') }
}

type OutputsOf = ReadonlyMap<Sample, NamedTensors>

/** By sample: recorded, or what the original computed of its golden input. */
function originalOutputs({ samples }: Climb, golden: readonly GoldenRun[]): OutputsOf {
  const computed = samples.filter((sample) => sample.golden)
  const known = new Map<Sample, NamedTensors>()
  for (const [at, sample] of computed.entries()) if (golden[at]) known.set(sample, golden[at].outputs)
  for (const sample of samples) if (sample.referenceOutput) known.set(sample, sample.referenceOutput)
  return known
}

/** By sample: what the candidate computes here of what it was fed, else of the golden input. */
async function ownOutputs(
  { reference }: Climb,
  got: readonly Sample[],
  { candidate, run }: Climbed,
): Promise<OutputsOf> {
  if (!run) return new Map()
  const model = await candidate.with(run.options).open()
  try {
    const own = new Map<Sample, NamedTensors>()
    for (const sample of got) {
      const fed = sample.deployed ?? sample.golden
      if (!fed) continue
      const inputs = nameInput(reference!, fed)
      own.set(sample, await model.run(candidate.feeds(model.inputs, { inputs, outputs: {} })))
    }
    return own
  } finally {
    await model.dispose()
  }
}

function pairsOf(got: readonly Sample[], known: OutputsOf): readonly OutputPair[] {
  return got.flatMap((sample) => {
    const [reference, candidate] = [known.get(sample), sample.candidateOutput!]
    if (!reference) return []
    return pairOutputs(reference, candidate).pairs.map((pair) => ({
      name: pair.reference,
      reference: reference[pair.reference]!,
      candidate: candidate[pair.candidate]!,
    }))
  })
}

/** Kernels that add in another order from run to run agree better than this. */
const noisyDb = 60

/**
 * Recorded outputs of one and the same input that differ: the candidate, or what reads it, is not the same each time.
 * Null where they agree, or no input was given twice.
 */
function findUnsteady(samples: readonly Sample[]): Cause | null {
  let worst: { readonly db: number; readonly output: string; readonly names: readonly string[] } | undefined
  for (const [at, a] of samples.entries()) {
    for (const b of samples.slice(at + 1)) {
      if (!a.candidateOutput || !b.candidateOutput || !isOneInput(a, b)) continue
      for (const { output, db } of agreements(a.candidateOutput, b.candidateOutput)) {
        if (db < (worst?.db ?? noisyDb)) worst = { db, output, names: [a.name, b.name] }
      }
    }
  }
  if (!worst) return null
  const { db, output, names } = worst
  return {
    code: 'NON_DETERMINISTIC',
    confidence: 0.95,
    message: `The same input gave other values of '${output}' each time: two recordings agree to ${formatDb(db)} only.`,
    evidence: { output, sqnrDb: db, recordings: names },
    fix: {
      twinfer: 'run(inputs): every run has an Extractor of its own, and inputs must all be set',
      ncnn: 'ncnn::Extractor ex = net.create_extractor(); // a new one for every input',
      mnn: 'interpreter->resizeSession(session); // after every change of shape, and fill every input before runSession',
    },
  }
}

/** The fed tensor where both have one, else the golden one, else the picture. */
function isOneInput(a: Sample, b: Sample): boolean {
  if (a.deployed && b.deployed) return isSame(a.deployed, b.deployed)
  if (a.golden && b.golden) return isSame(a.golden, b.golden)
  return a.image !== undefined && b.image !== undefined && hasSameValues(a.image.data, b.image.data)
}

function isSame(a: Tensor, b: Tensor): boolean {
  return a === b || hasSameValues(a.data, b.data)
}

function agreements(a: NamedTensors, b: NamedTensors): { readonly output: string; readonly db: number }[] {
  return Object.keys(a).flatMap((output) => {
    const other = b[output]
    if (!other || other.length !== a[output]!.length) return []
    return { output, db: compareTensors(a[output]!, other).sqnrDb ?? Number.NEGATIVE_INFINITY }
  })
}
