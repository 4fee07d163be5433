import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { Cause, CauseCode } from '../Cause.js'
import { Candidate, type CandidateRun } from './Candidate.js'
import { CorrectedCopy, type Ways } from './correctedCopy.js'
import { type Correction, correctionsOf } from './corrections.js'
import type { ModelFindings } from './diagnoseModel.js'
import { fp32Options } from './diagnosePrecision.js'
import type { GoldenRun } from './ModelReference.js'
import { medianMs } from './medianMs.js'

/** One remedy on the candidate's side: other options, or a corrected copy of its files. */
export type Remedy = {
  readonly code: CauseCode
  /** With which options the candidate is opened then. */
  readonly options: RunnableOptions
} & (
  | {
      /** What it does, as an imperative sentence. */
      readonly said: string
    }
  | {
      readonly corrections: readonly Correction[]
      /** Where the copy is written. */
      readonly folder: string
    }
)

/** What a candidate gives, as far as a remedy is judged by it. */
export interface Measured {
  /** The least SQNR of all outputs, in dB; null where something cannot be compared, or nothing runs. */
  readonly sqnrDb: number | null
  readonly pass: boolean
  /** Milliseconds of one run, the median of several; null where nothing runs. */
  readonly ms: number | null
  readonly reason: string
}

export interface ProvedRemedy {
  readonly remedy: Remedy
  /** What was done, as an imperative sentence. */
  readonly said: string
  readonly written: readonly string[]
  readonly before: Measured
  readonly after: Measured
  /** It did not pass before, and does now. */
  readonly mended: boolean
}

/**
 * What can be done on the candidate's side about the causes that were found, the cheapest first: one switch of the engine,
 * fp32 as a whole, one thread, a corrected copy of its files (in `folder`, under their own names). Empty where only a new
 * conversion helps.
 *
 * Masks of single layers are not among them: `findMixedPrecision` searches for those, in many runs.
 */
export const remediesFor = answering(
  'remediesFor',
  async function remediesFor(
    candidate: Candidate,
    { causes, files, precision }: ModelFindings,
    folder?: string,
  ): Promise<readonly Remedy[]> {
    const remedies: Remedy[] = []
    for (const { code, evidence } of causes) {
      const { options } = candidate
      if (isOfPrecision(code, evidence) && precision) {
        const { switch: name, switchTo: to } = evidence
        if (typeof name === 'string') {
          const engineOptions = { ...options.engineOptions, [name]: to as boolean | number | string }
          remedies.push({ code, said: `Turn ${name} to ${to}.`, options: { ...options, engineOptions } })
        }
        if (precision.fp32 !== precision.base)
          remedies.push({ code, said: 'Run it in fp32.', options: fp32Options(options) })
      }
      if (code === 'NON_DETERMINISTIC')
        remedies.push({ code, said: 'Run it in one thread.', options: { ...options, threads: 1 } })
    }
    const ofFile = causes.find(isOfFile)
    if (!ofFile || folder === undefined) return remedies
    const { compared } = files
    const codes = new Set(causes.map(({ code }) => code))
    const corrections = await correctionsOf(candidate.file, { causes: codes, compared })
    if (corrections.length > 0)
      remedies.push({ code: ofFile.code, options: candidate.options, corrections, folder })
    return remedies
  },
)

function isOfPrecision(code: CauseCode, evidence: Cause['evidence']): boolean {
  return code.startsWith('PRECISION_') || (code === 'OP_SEMANTICS' && evidence.switch !== undefined)
}

/** What a corrected copy of the files may put right. */
export function isOfFile({ code }: Cause): boolean {
  return code.startsWith('WEIGHTS_') || code === 'VERSION_SKEW' || code === 'LAYOUT_MISREAD'
}

/**
 * Measures a remedy: the candidate as it is and with it, on the golden inputs. Undefined for a copy that brings nothing, of
 * which nothing is left, and for options that it does not run with.
 *
 * @param known the candidate as it is, where another remedy was measured already.
 * @throws TwinferError TWINFER_FILE_UNREADABLE and TWINFER_INVALID_OPTION where a copy cannot be written there.
 */
export const proveRemedy = answering(
  'proveRemedy',
  async function proveRemedy(
    candidate: Candidate,
    golden: readonly GoldenRun[],
    remedy: Remedy,
    known?: Measured,
  ): Promise<ProvedRemedy | undefined> {
    const before = known ?? (await measure(candidate, golden))
    if ('corrections' in remedy) return proveCopy(candidate, golden, remedy, before)
    const after = await measure(candidate.with(remedy.options), golden)
    if (after.ms === null) return undefined
    const { said } = remedy
    return { remedy, said, written: [], before, after, mended: after.pass && !before.pass }
  },
)

/** Runs for one copy: each is a whole one. */
const mostTrials = 16

/**
 * The ways of all corrections that agree best with the original: one after the other is tried in each of its ways, the others
 * as they were best, until the copy passes.
 */
async function proveCopy(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  remedy: Extract<Remedy, { corrections: unknown }>,
  before: Measured,
): Promise<ProvedRemedy | undefined> {
  const { corrections, options, folder } = remedy
  const copy = new CorrectedCopy(candidate.file, corrections, folder)
  const tryWays = async (ways: Ways) => {
    const written = await copy.write(ways)
    const corrected = await Candidate.of(copy.model, options, candidate.reference)
    return { ways, written, after: await measure(corrected, golden) }
  }
  let best = await tryWays(corrections.map(({ isDoubtful }) => (isDoubtful ? null : 0)))
  let last = best
  let trials = 1
  for (const [at, { ways, isDoubtful }] of corrections.entries()) {
    const others = Array.from({ length: ways }, (_, way) => way).slice(isDoubtful ? 0 : 1)
    for (const way of others) {
      if (best.after.pass || trials++ === mostTrials) break
      last = await tryWays((best.ways as (number | null)[]).with(at, way))
      if (isBetter(last.after, best.after)) best = last
    }
  }
  if (!isBetter(best.after, before)) {
    await copy.remove()
    return undefined
  }
  if (last !== best) await copy.write(best.ways)
  const { after, written, ways } = best
  return { remedy, said: copy.said(ways), written, before, after, mended: after.pass && !before.pass }
}

function isBetter(one: Measured, other: Measured): boolean {
  return (one.sqnrDb ?? Number.NEGATIVE_INFINITY) > (other.sqnrDb ?? Number.NEGATIVE_INFINITY)
}

/** What cannot be opened or run agrees in nothing. */
async function measure(candidate: Candidate, golden: readonly GoldenRun[]): Promise<Measured> {
  return measureRun(candidate, golden).catch(unlessOurs)
}

async function measureRun(candidate: Candidate, golden: readonly GoldenRun[]): Promise<Measured> {
  const { sqnrDb, verdict } = await candidate.run(golden)
  return { sqnrDb, pass: verdict.pass, ms: await timeOf(candidate, golden[0]!), reason: verdict.reason }
}

function unlessOurs(error: unknown): Measured {
  if (!(error instanceof TwinferError)) throw error
  return { sqnrDb: null, pass: false, ms: null, reason: error.message }
}

async function timeOf(candidate: Candidate, golden: GoldenRun): Promise<CandidateRun['ms']> {
  const model = await candidate.open()
  try {
    return await medianMs(model, candidate.feeds(model.inputs, golden))
  } finally {
    await model.dispose()
  }
}
