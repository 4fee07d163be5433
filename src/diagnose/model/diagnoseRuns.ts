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
/** Another number of threads adds in another order, always the same: only what is far off is a race. */
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
    const { options } = candidate
    const others: NamedTensors[] = []
    for (const threads of [1, severalThreads]) {
      if (threads === options.threads) continue
      others.push(await runOnce(candidate.with({ ...options, threads }), golden))
    }
    const across = await measureNoise(first, others.length + 1, async (run) => others[run - 2]!)
    const threadsDb = leastOf(across)
    const noiseDb = leastOf(noise)
    return { ...judge(noise, noiseDb, threadsDb), noise, threadsDb, missing: [] }
  },
)

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

function judge(
  { outputs, runs }: Noise,
  noiseDb: number,
  threadsDb: number,
): { readonly causes: readonly Cause[]; readonly rejected: readonly Rejected[] } {
  const evidence = { noiseDb, threadsDb, runs, outputs }
  const isNoisy = noiseDb < noisyDb
  if (!isNoisy && threadsDb >= racyDb) {
    const message =
      noiseDb >= IDENTICAL_DB && threadsDb >= IDENTICAL_DB
        ? 'all runs agree bit for bit, in one thread and in several'
        : `runs agree to ${formatDb(Math.min(noiseDb, threadsDb))}: sums in another order`
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
