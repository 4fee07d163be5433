import { TwinferError } from '../../errors/TwinferError.js'
import type { Candidate, CandidateRun } from './Candidate.js'
import type { GoldenRun } from './ModelReference.js'

type Value = boolean | number | string

/** One option of an engine, and what to turn it to. */
export interface Switch {
  readonly name: string
  readonly from: Value
  readonly to: Value
}

/** What one switch does by itself. */
export interface SwitchResult extends Switch {
  readonly engine: 'ncnn' | 'mnn'
  readonly pass: boolean
  readonly sqnrDb: number | null
  /** Milliseconds of one run. */
  readonly ms: number
}

/** Of ncnn's, those that only Vulkan reads, and of both engines those that change no number. */
const idle = /^(num_threads|numThread|openmp_blocktime|use_int|use_.*_uniform|vulkan_|lightmode)/

/** The options in which a run differs from the same in fp32. */
export function loweringSwitches(base: CandidateRun, fp32: CandidateRun): readonly Switch[] {
  const [low, high] = [base.effective.options, fp32.effective.options]
  return Object.keys(low)
    .filter((name) => !idle.test(name) && high[name] !== undefined && low[name] !== high[name])
    .map((name) => ({ name, from: low[name]!, to: high[name]! }))
}

/** Algorithms that compute the same in another order. */
export const algorithms: Readonly<Record<'ncnn' | 'mnn', Readonly<Record<string, Value>>>> = {
  ncnn: {
    kernels: false,
    use_winograd_convolution: false,
    use_sgemm_convolution: false,
    use_packing_layout: false,
  },
  mnn: { winogradMemoryLevel: 0 },
}

/** Those that are on in a run and can be turned off. */
export function algorithmSwitches({ effective }: CandidateRun): readonly Switch[] {
  return Object.entries(algorithms[effective.engine]).flatMap(([name, to]) => {
    const from = effective.options[name]
    return from === undefined || from === to ? [] : [{ name, from, to }]
  })
}

/** Turns each switch by itself, on the first golden run; one that the engine does not take is left out. */
export async function trySwitches(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  { options, effective }: CandidateRun,
  switches: readonly Switch[],
): Promise<readonly SwitchResult[]> {
  const results: SwitchResult[] = []
  for (const each of switches) {
    const engineOptions = { ...options.engineOptions, [each.name]: each.to }
    try {
      const run = await candidate.with({ ...options, engineOptions }).run(golden.slice(0, 1))
      const { sqnrDb, ms, verdict } = run
      results.push({ ...each, engine: effective.engine, pass: verdict.pass, sqnrDb, ms })
    } catch (error) {
      if (!(error instanceof TwinferError)) throw error
    }
  }
  return results
}
