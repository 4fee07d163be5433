import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { ModelSource } from '../file/ModelFile.js'
import type { BenchReport, BenchRow } from './BenchReport.js'
import { watchMachine } from './machine.js'
import { addLayers, probeSettings, rowsOf, timeSettings } from './measure.js'
import { type Prepared, type PrepareOptions, prepare, sharedOptionNames } from './prepare.js'
import type { BenchEngine, EngineOptions } from './Setting.js'
import { expandSweep, type SweepBase } from './sweep.js'

export interface BenchOptions extends PrepareOptions {
  /** Seconds that each setting is timed. Default: 2. */
  readonly duration?: number
  /** Parts of that time, in which the settings take turns. Default: 10. */
  readonly rounds?: number
  /** Also the time of each layer. Default: false. */
  readonly layers?: boolean
}

const optionNames: OptionNames<BenchOptions> = {
  sweep: true,
  against: true,
  duration: true,
  rounds: true,
  layers: true,
  ...sharedOptionNames,
}

/**
 * Measures how fast and how exact models are in every combination of the swept settings. All take turns in one process,
 * so that what slows the machine down slows all of them; each is tried in a process of its own before, so that one that
 * crashes or hangs is a row with its `error`.
 *
 * @param models paths, or what `open()` takes; a `.param` and an `.mnn` of one network compare the engines.
 * @throws TwinferError TWINFER_USAGE for sweeps that no model knows, TWINFER_MISSING_INPUT, TWINFER_MISSING_DEPENDENCY
 *   where onnxruntime is wanted and not installed, and what `open()` throws for a model that cannot be opened at all.
 */
export const bench = answering(
  'bench',
  async function bench(
    models: ModelSource | readonly ModelSource[],
    options: BenchOptions = {},
  ): Promise<BenchReport> {
    requireOptions(options, optionNames)
    const { duration = 2, rounds = 10, sweep = {}, layers = false } = options
    requirePositive('duration', duration)
    requirePositive('rounds', rounds)
    const finish = watchMachine()
    const prepared = await prepare(listOf(models), options)
    const { settings, skipped } = expandSweep(prepared.models, sweep, baseOf(options))
    if (settings.length === 0) throw nothingLeft(prepared)
    const measuring = { ...options, duration, rounds, layers, isAnyPrecision: sweep.precision === 'all' }
    const probed = await probeSettings(settings, prepared.models, measuring)
    const sound = probed.probes.filter(({ error }) => !error)
    const timed = await timeSettings(sound, measuring)
    const timings = probed.probes.map((probe) => timed[sound.indexOf(probe)] ?? { rounds: [], steady: false })
    const notes = [...prepared.notes]
    const rows = rowsOf(probed.probes, timings)
    return {
      machine: finish(enginesOf(rows)),
      rows: layers ? await addLayers(rows, probed.probes, measuring, notes) : rows,
      skipped: [...skipped, ...probed.skipped],
      inputs: prepared.inputs,
      reference: prepared.reference,
      duration,
      notes,
    }
  },
)

export function listOf(models: ModelSource | readonly ModelSource[]): readonly ModelSource[] {
  const list: readonly ModelSource[] = Array.isArray(models) ? models : [models as ModelSource]
  if (list.length > 0) return list
  throw new TwinferError('TWINFER_INVALID_ARGUMENT', 'expected a model at least, received none')
}

/** What does not change from setting to setting. */
export function baseOf({ precision, threads, device, engineOptions = {} }: PrepareOptions): SweepBase {
  const given =
    typeof engineOptions === 'function' ? engineOptions : (_: BenchEngine): EngineOptions => engineOptions
  return {
    precision: precision ?? 'default',
    threads,
    device: device ?? 'cpu',
    engineOptions: (engine) => (engine === 'onnxruntime' ? {} : given(engine)),
  }
}

export function requirePositive(name: string, value: number): void {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return
  throw new TwinferError('TWINFER_INVALID_OPTION', `${name}: expected a number above 0, received ${value}`)
}

export function enginesOf(rows: readonly BenchRow[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.flatMap(({ engine, ran }) => (ran ? [[engine, ran.engineVersion]] : [])))
}

function nothingLeft({ models }: Prepared): TwinferError {
  const names = models.map(({ file }) => file.name).join(', ')
  return new TwinferError('TWINFER_USAGE', `--sweep: nothing is left to measure of ${names}`, {
    help: 'Give a model for each engine that is named.',
  })
}
