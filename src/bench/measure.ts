import { TwinferError } from '../errors/TwinferError.js'
import { counted } from '../format/numbers.js'
import { progress } from '../format/progress.js'
import type { OpenOptions } from '../model/options.js'
import { measureAccuracy, noAccuracy } from './accuracy.js'
import type { Accuracy, BenchRow } from './BenchReport.js'
import { profileLayers } from './layers/profileLayers.js'
import { limitMs, type PreparedModel } from './prepare.js'
import { nameSetting, type Setting } from './Setting.js'
import { isSteady, median, paretoFront, quantile, rankOf, roundOrder, spreadOf } from './statistics.js'
import type { Skipped } from './sweep.js'
import { type Opened, Workbench } from './Workbench.js'

export interface MeasureOptions {
  /** Seconds that each setting is timed. */
  readonly duration: number
  readonly rounds: number
  readonly timeLimit?: number | undefined
  readonly inputShapes?: OpenOptions['inputShapes']
  /** Also the time of each layer. */
  readonly layers?: boolean | undefined
  /** Leaves out precisions that run as another one: they were not asked for one by one. */
  readonly isAnyPrecision?: boolean
}

/** What came of one setting in a process of its own. */
export interface Probe {
  readonly setting: Setting
  readonly model: PreparedModel
  readonly opened: Opened | undefined
  readonly accuracy: Accuracy
  readonly firstMs: number | null
  readonly rssMb: number | null
  readonly modelMb: number | null
  readonly error?: TwinferError
}

/** What cannot be is left out; it is no fault of the engine. */
const impossible = new Set([
  'TWINFER_INVALID_OPTION',
  'TWINFER_DEVICE_UNAVAILABLE',
  'TWINFER_MODEL_UNSUPPORTED',
])

export interface Probed {
  readonly probes: readonly Probe[]
  readonly skipped: readonly Skipped[]
}

/** Runs each setting in a process of its own, which finds crashes, hangs, memory and accuracy. Throws where none is left. */
export async function probeSettings(
  settings: readonly Setting[],
  models: readonly PreparedModel[],
  options: MeasureOptions,
): Promise<Probed> {
  const probes: Probe[] = []
  const skipped: Skipped[] = []
  let refused: TwinferError | undefined
  for (const [at, setting] of settings.entries()) {
    progress('trying settings', { done: at, total: settings.length })
    const model = models.find(({ file }) => file === setting.file)!
    const probe = await probeSetting(setting, model, options)
    const name = nameSetting(setting)
    if (probe.error?.code === 'TWINFER_MISSING_DEPENDENCY') throw probe.error
    if (probe.error && impossible.has(probe.error.code)) {
      refused ??= probe.error
      skipped.push({ model: model.file.name, setting: name, reason: probe.error.message })
    } else if (options.isAnyPrecision && runsAsAnother(probe)) {
      const reason = `${setting.precision} runs as ${probe.opened!.effective.precision} here`
      skipped.push({ model: model.file.name, setting: name, reason })
    } else probes.push(probe)
  }
  if (probes.length === 0 && refused) throw refused
  return { probes, skipped }
}

function runsAsAnother({ setting, opened }: Probe): boolean {
  const isNamed = setting.precision !== 'default' && setting.engine !== 'onnxruntime'
  return isNamed && opened !== undefined && opened.effective.precision !== setting.precision
}

async function probeSetting(setting: Setting, model: PreparedModel, options: MeasureOptions): Promise<Probe> {
  const bench = new Workbench({ patienceMs: limitMs(options.timeLimit) })
  const nothing = { setting, model, accuracy: noAccuracy, firstMs: null, rssMb: null, modelMb: null }
  let opened: Opened | undefined
  try {
    opened = await bench.open(0, setting, options.inputShapes)
    const { firstMs, effective, outputs, rss, peakRss } = await bench.run(0, model.feeds)
    opened = { ...opened, effective }
    const isOriginal = setting.engine === 'onnxruntime'
    const ran = { outputs, names: opened.outputs, isOriginal }
    return {
      setting,
      model,
      opened,
      accuracy: model.expected ? measureAccuracy(model.expected, ran) : noAccuracy,
      firstMs,
      rssMb: peakRss / 1e6,
      modelMb: Math.max(0, rss - opened.rssBefore) / 1e6,
    }
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    return { ...nothing, opened, error }
  } finally {
    bench.dispose()
  }
}

/** The times of one setting, a list for each round. */
export interface Timing {
  readonly rounds: readonly Float64Array[]
  readonly steady: boolean
  readonly error?: TwinferError
}

interface TimingState {
  readonly rounds: Float64Array[]
  steady: boolean
  error: TwinferError | undefined
}

const warmUpBlocks = 12

/**
 * Times settings in turns in one process: whatever makes the machine faster or slower meanwhile does so for all of them.
 * One that ends the process is left out, and the others go on in a new one.
 */
export async function timeSettings(
  probes: readonly Probe[],
  options: MeasureOptions,
): Promise<readonly Timing[]> {
  const states = probes.map((): TimingState => ({ rounds: [], steady: false, error: undefined }))
  // The first MNN session that wants several threads sizes the pool of the process for all: it has to be the largest.
  const threadsOf = (at: number) => probes[at]!.opened?.effective.threads ?? 1
  const order = [...probes.keys()].sort((a, b) => threadsOf(b) - threadsOf(a))
  const blockMs = (options.duration * 1000) / options.rounds
  const total = probes.length * (options.rounds + 1)
  let bench = new Workbench({ patienceMs: limitMs(options.timeLimit) })
  let open = new Set<number>()
  let done = 0

  const attempt = async (at: number, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof TwinferError)) throw error
      states[at]!.error = error
      if (error.code !== 'TWINFER_ENGINE_CRASHED') return
      bench.dispose()
      bench = new Workbench({ patienceMs: limitMs(options.timeLimit) })
      open = new Set()
    }
  }
  const openAll = async () => {
    for (;;) {
      const at = order.find((each) => !states[each]!.error && !open.has(each))
      if (at === undefined) return
      const { setting, model } = probes[at]!
      open.add(at)
      await attempt(at, async () => {
        await bench.open(at, setting, options.inputShapes)
        await bench.run(at, model.feeds.slice(0, 1))
      })
    }
  }
  const turn = async (at: number, work: (state: TimingState) => Promise<void>) => {
    progress(`timing ${counted(probes.length, 'setting')}`, { done: done++, total })
    await openAll()
    const state = states[at]!
    if (!state.error) await attempt(at, () => work(state))
  }

  try {
    for (const at of order) {
      await turn(at, async (state) => {
        const blocks: number[] = []
        while (blocks.length < warmUpBlocks && !isSteady(blocks))
          blocks.push(median(await bench.time(at, blockMs / 4)))
        state.steady = isSteady(blocks)
      })
    }
    for (let round = 0; round < options.rounds; round++) {
      for (const at of roundOrder(probes.length, round)) {
        await turn(at, async (state) => void state.rounds.push(await bench.time(at, blockMs)))
      }
    }
  } finally {
    bench.dispose()
  }
  return states.map(({ rounds, steady, error }) => ({ rounds, steady, ...(error && { error }) }))
}

/** Probes as rows with their times, in their order. */
export function rowsOf(probes: readonly Probe[], timings: readonly Timing[]): readonly BenchRow[] {
  const rounds = timings.map((timing) => (timing.error ? [] : timing.rounds.map((times) => median(times))))
  const ranks = rankOf(rounds)
  const rows = probes.map((probe, at) => rowOf(probe, timings[at]!, rounds[at]!, ranks[at]!))
  // By rank: what differs by less than the noise does not beat anything.
  const front = paretoFront(rows.map(({ rank, sqnrDb }) => ({ time: rank, db: sqnrDb })))
  return rows.map((row, at) => ({ ...row, pareto: front[at]! }))
}

function rowOf(
  probe: Probe,
  { rounds, steady, error: failed }: Timing,
  medians: readonly number[],
  rank: number | null,
): BenchRow {
  const { setting, opened, accuracy, firstMs, rssMb, modelMb } = probe
  const error = probe.error ?? failed
  const times = Float64Array.from(error ? [] : rounds.flatMap((each) => [...each]))
  const at = (share: number) => (times.length === 0 ? null : quantile(times, share))
  const sum = times.reduce((a, b) => a + b, 0)
  return {
    model: setting.file.name,
    engine: setting.engine,
    precision: setting.precision,
    threads: setting.threads ?? opened?.effective.threads ?? null,
    device: setting.device,
    options: setting.engineOptions,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    runsPerS: sum > 0 ? (1000 * times.length) / sum : null,
    loadMs: opened?.loadMs ?? null,
    firstMs,
    rssMb,
    modelMb,
    ...(error ? noAccuracy : accuracy),
    spread: spreadOf(medians),
    rank,
    pareto: false,
    runs: times.length,
    rounds: medians.length,
    steady: times.length > 0 ? steady : null,
    ran: opened ? ranOf(opened) : null,
    ...(error && { error: { code: error.code, message: error.message } }),
  }
}

function ranOf({ effective }: Opened): BenchRow['ran'] {
  const { engineVersion, precision, device, backend, threads, notes } = effective
  return { engineVersion, precision, device, backend, threads, notes }
}

/** Adds the times of the layers; what cannot be traced has none, which its notes say. */
export async function addLayers(
  rows: readonly BenchRow[],
  probes: readonly Probe[],
  options: MeasureOptions,
  notes: string[],
): Promise<readonly BenchRow[]> {
  const profiled: BenchRow[] = []
  for (const [at, row] of rows.entries()) {
    progress('timing layers', { done: at, total: rows.length })
    const { setting, model, opened } = probes[at]!
    if (row.error || setting.engine === 'onnxruntime') {
      profiled.push(row)
      continue
    }
    const bench = new Workbench({ patienceMs: limitMs(options.timeLimit) })
    try {
      const feeds = model.feeds[0]!
      const timed = await bench.layers(setting, feeds, options.inputShapes)
      const layers = await profileLayers(setting.file, timed, feeds, opened!.effective)
      profiled.push({ ...row, layers })
    } catch (error) {
      if (!(error instanceof TwinferError)) throw error
      notes.push(`${setting.file.name} ${nameSetting(setting)}: no times of layers: ${error.message}`)
      profiled.push(row)
    } finally {
      bench.dispose()
    }
  }
  return profiled
}
