import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { Cause, CauseCode } from '../Cause.js'
import { Candidate, type CandidateRun } from './Candidate.js'
import { type CorrectedCopy, correctedCopies } from './correctedCopy.js'
import type { ModelFindings } from './diagnoseModel.js'
import { fp32Options } from './diagnosePrecision.js'
import type { GoldenRun } from './ModelReference.js'
import { medianMs } from './medianMs.js'

/** One remedy on the candidate's side: other options, or a corrected copy of its files. */
export interface Remedy {
  readonly code: CauseCode
  /** What it does, as an imperative sentence; a copy says so itself. */
  readonly said?: string
  /** With which options the candidate is opened then. */
  readonly options: RunnableOptions
  /** Writes the corrected copy; undefined where the file stays as it is. */
  readonly copy?: () => Promise<CorrectedCopy>
}

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
 * fp32 as a whole, one thread, a corrected copy of its files (written into `folder`, under their own names), in more than
 * one way where the source does not say which. Empty where only a new conversion helps.
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
    const ofFile = causes.find(({ code }) => isOfFile(code))
    if (ofFile && folder !== undefined) {
      const { code } = ofFile
      const { options } = candidate
      for (const copy of await correctedCopies(candidate.file, files.compared, folder))
        remedies.push({ code, options, copy })
    }
    return remedies
  },
)

function isOfPrecision(code: CauseCode, evidence: Cause['evidence']): boolean {
  return code.startsWith('PRECISION_') || (code === 'OP_SEMANTICS' && evidence.switch !== undefined)
}

/** What a corrected copy of the files can put right. */
function isOfFile(code: CauseCode): boolean {
  return code.startsWith('WEIGHTS_') || code === 'VERSION_SKEW' || code === 'LAYOUT_MISREAD'
}

/**
 * Measures a remedy: the candidate as it is and with it, on the golden inputs.
 *
 * @param known the candidate as it is, where another remedy was measured already.
 * @throws TwinferError what `open()` and `run()` throw with the remedy (without it, a candidate may not open), and
 * TWINFER_FILE_UNREADABLE where a copy cannot be written.
 */
export const proveRemedy = answering(
  'proveRemedy',
  async function proveRemedy(
    candidate: Candidate,
    golden: readonly GoldenRun[],
    remedy: Remedy,
    known?: Measured,
  ): Promise<ProvedRemedy> {
    const before = known ?? (await measure(candidate, golden).catch(unlessOurs))
    const { copy, options } = remedy
    const corrected = await copy?.()
    const mended = corrected
      ? await Candidate.of(corrected.model, options, candidate.reference)
      : candidate.with(options)
    const after = await measure(mended, golden)
    const said = corrected ? `Use a copy of the file: ${corrected.change}.` : (remedy.said ?? '')
    return {
      remedy,
      said,
      written: corrected?.written ?? [],
      before,
      after,
      mended: after.pass && !before.pass,
    }
  },
)

async function measure(candidate: Candidate, golden: readonly GoldenRun[]): Promise<Measured> {
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
