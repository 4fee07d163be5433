import type { RunOutputs } from '../models/RunnableModel.js'

/** All in milliseconds, around run() as a caller sees it. */
export interface RunTiming {
  /** The median where there are several. */
  readonly runMs: number
  readonly firstMs: number
  readonly minMs: number
  readonly maxMs: number
  readonly repeat: number
}

export async function timedRuns(
  run: () => Promise<RunOutputs>,
  repeat: number,
): Promise<{ outputs: RunOutputs; timing: RunTiming }> {
  const durations: number[] = []
  let outputs = await timed(run, durations)
  for (let i = 1; i < repeat; i++) outputs = await timed(run, durations)
  const sorted = [...durations].sort((a, b) => a - b)
  return {
    outputs,
    timing: {
      runMs: sorted[Math.floor((sorted.length - 1) / 2)]!,
      firstMs: durations[0]!,
      minMs: sorted[0]!,
      maxMs: sorted.at(-1)!,
      repeat,
    },
  }
}

async function timed(run: () => Promise<RunOutputs>, durations: number[]): Promise<RunOutputs> {
  const start = performance.now()
  const outputs = await run()
  durations.push(performance.now() - start)
  return outputs
}
