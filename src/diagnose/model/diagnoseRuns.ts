import { measureNoise, type Noise } from '../../compare/judge/noiseFloor.js'
import { answering } from '../../errors/answering.js'
import { formatDb, IDENTICAL_DB } from '../../format/numbers.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Cause, Rejected } from '../Cause.js'
import type { Findings } from '../Findings.js'
import type { Candidate } from './Candidate.js'
import type { GoldenRun } from './ModelReference.js'

/** How far a candidate is from itself. */
export interface RunFindings extends Findings {
  /** Of the runs with the candidate's own options, a newly opened model among them. */
  readonly noise: Noise
  /** The least SQNR between one thread and several, in dB; IDENTICAL_DB where they agree bit for bit. */
  readonly threadsDb: number
}

/** Runs of one model on one input; a fourth is of a model that was opened anew. */
const repeats = 3
/** Kernels that add in another order from run to run agree better than this; what reads memory it never wrote does not. */
const noisyDb = 90
/**
 * Another number of threads adds in another order, always the same: only what is far off is a race. Rounding to 16 bits may
 * be as far off (MNN on ARM chooses its Winograd units by the number of threads: 49 dB in fp16), but not in fp32.
 */
const racyDb = 60
const severalThreads = 4

/**
 * Runs a candidate several times on one golden input, opens it anew, and runs it in one thread and in several: a model
 * that differs from itself reads what it never wrote, or its threads race.
 *
 * @throws TwinferError what `open()` and `run()` throw.
 */
export const diagnoseRuns = answering(
  'diagnoseRuns',
  async function diagnoseRuns(candidate: Candidate, golden: GoldenRun): Promise<RunFindings> {
    const { first, noise } = await runRepeatedly(candidate, golden)
    const threadsDb = await compareThreads(candidate, golden, first)
    const noiseDb = leastOf(noise)
    const fp32ThreadsDb = threadsDb < racyDb ? await compareThreadsInFp32(candidate, golden) : null
    return { ...judge(noise, { noiseDb, threadsDb, fp32ThreadsDb }), noise, threadsDb, missing: [] }
  },
)

/** The least SQNR between what was computed and the same in one thread, and in several. */
async function compareThreads(candidate: Candidate, golden: GoldenRun, first: NamedTensors): Promise<number> {
  const { options } = candidate
  const others: NamedTensors[] = []
  for (const threads of [1, severalThreads]) {
    if (threads === options.threads) continue
    others.push(await runOnce(candidate.with({ ...options, threads }), golden))
  }
  return leastOf(await measureNoise(first, others.length + 1, async (run) => others[run - 2]!))
}

/** Null where the candidate was asked to run in fp32 anyway. */
async function compareThreadsInFp32(candidate: Candidate, golden: GoldenRun): Promise<number | null> {
  const { options } = candidate
  if (options.precision === 'fp32') return null
  const exact = candidate.with({ ...options, precision: 'fp32' })
  return compareThreads(exact, golden, await runOnce(exact, golden))
}

async function runRepeatedly(
  candidate: Candidate,
  golden: GoldenRun,
): Promise<{ readonly first: NamedTensors; readonly noise: Noise }> {
  const model = await candidate.open()
  try {
    const feeds = candidate.feeds(model.inputs, golden)
    const first = await model.run(feeds)
    const noise = await measureNoise(first, repeats + 1, (run) =>
      run <= repeats ? model.run(feeds) : runOnce(candidate, golden),
    )
    return { first, noise }
  } finally {
    await model.dispose()
  }
}

async function runOnce(candidate: Candidate, golden: GoldenRun): Promise<NamedTensors> {
  const model = await candidate.open()
  try {
    return await model.run(candidate.feeds(model.inputs, golden))
  } finally {
    await model.dispose()
  }
}

/** In dB. */
interface Agreement {
  readonly noiseDb: number
  readonly threadsDb: number
  /** Null where it was not looked at. */
  readonly fp32ThreadsDb: number | null
}

function judge(
  { outputs, runs }: Noise,
  agreement: Agreement,
): { readonly causes: readonly Cause[]; readonly rejected: readonly Rejected[] } {
  const { noiseDb, threadsDb, fp32ThreadsDb } = agreement
  const evidence = { ...agreement, runs, outputs }
  const isNoisy = noiseDb < noisyDb
  const isRounding = fp32ThreadsDb !== null && fp32ThreadsDb >= racyDb
  if (!isNoisy && (threadsDb >= racyDb || isRounding)) {
    const why = isRounding
      ? `other kernels, which round otherwise: in fp32 it is ${formatDb(fp32ThreadsDb)}`
      : 'sums in another order'
    const message =
      noiseDb >= IDENTICAL_DB && threadsDb >= IDENTICAL_DB
        ? 'all runs agree bit for bit, in one thread and in several'
        : `runs agree to ${formatDb(Math.min(noiseDb, threadsDb))}: ${why}`
    return { causes: [], rejected: [{ code: 'NON_DETERMINISTIC', message, evidence }] }
  }
  const noisy = outputs.filter(({ sqnrDb }) => sqnrDb < noisyDb)
  const said = noisy.map(({ name, sqnrDb }) => `${name} ${formatDb(sqnrDb)}`).join(', ')
  const cause: Cause = {
    code: 'NON_DETERMINISTIC',
    confidence: noiseDb < racyDb || !isNoisy ? 0.95 : 0.7,
    message: isNoisy
      ? `the model differs from itself in ${runs} runs on one input (${said}): no comparison is closer than that`
      : `the model gives other results in one thread than in several (${formatDb(threadsDb)}): threads race`,
    evidence,
    fix: {
      twinfer: isNoisy
        ? 'Look for a layer that draws random numbers, or that reads what nothing wrote (padding, an input that was not set); `--threads 1` shows whether threads are part of it.'
        : 'Run it with `--threads 1`, and report the layer to the engine’s maintainers.',
    },
  }
  return { causes: [cause], rejected: [] }
}

function leastOf({ outputs }: Noise): number {
  return outputs.reduce((least, { sqnrDb }) => Math.min(least, sqnrDb), IDENTICAL_DB)
}
