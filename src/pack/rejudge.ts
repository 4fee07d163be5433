import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { ZipLimits } from '../zip/ZipArchive.js'
import { type FinishedVerdict, judgeRun, type PackVerdict } from './judgeRun.js'
import { noticesFor, overflowForecast } from './noticesFor.js'
import { Pack } from './Pack.js'
import type { PackRun } from './PackManifest.js'

export interface RejudgeOptions {
  /** The run's number, from 1. Default: the last one. */
  readonly run?: number
  /** In place of those in the pack. */
  readonly tolerances?: readonly string[]
  readonly limits?: ZipLimits
}

const optionNames: OptionNames<RejudgeOptions> = { run: true, tolerances: true, limits: true }

/**
 * Judges a run that `verify` appended to a pack, again or by other tolerances. Nothing runs, and no model is
 * needed. Throws what `Pack.open` throws, TWINFER_INVALID_ARGUMENT for the number of no run, and TWINFER_USAGE for
 * a tolerance that is none.
 */
export const rejudge = answering(
  'rejudge',
  async function rejudge(pack: string, options: RejudgeOptions = {}): Promise<PackVerdict> {
    requireOptions(options, optionNames)
    return (await rejudgeWithValues(pack, options)).verdict
  },
)

/** As `rejudge`, for what needs the values that were judged. */
export async function rejudgeWithValues(
  pack: string,
  { run: wanted, tolerances, limits }: RejudgeOptions = {},
): Promise<FinishedVerdict> {
  const opened = await Pack.open(pack, limits)
  try {
    const { manifest } = opened
    const number = wanted ?? manifest.runs.length
    const run = requireRun(pack, manifest.runs, number)
    const golden = await opened.readAll(manifest.recorded.outputs)
    const outputs = await opened.readAll(run.outputs)
    const judged = judgeRun(manifest, golden, run, outputs, tolerances)
    const verdict = {
      pass: judged.verdict.pass,
      notices: noticesFor(manifest.recorded, run),
      run,
      ...judged,
      overflow: judged.verdict.pass ? [] : overflowForecast(manifest, run),
      number,
    }
    return { verdict, golden, outputs }
  } finally {
    await opened.close()
  }
}

function requireRun(pack: string, runs: readonly PackRun[], number: number): PackRun {
  const run = runs[number - 1]
  if (run) return run
  const message =
    runs.length === 0
      ? 'expected a pack with an appended run, received one that has none'
      : `expected the number of an appended run (1 to ${runs.length}), received ${number}`
  throw new TwinferError('TWINFER_INVALID_ARGUMENT', `${pack}: ${message}`, {
    help: 'Append one with `twinfer verify PACK --append`.',
  })
}
