import { basename } from 'node:path'
import { requireSqnr } from '../compare/judge/requireSqnr.js'
import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { formatDb, formatMs } from '../format/numbers.js'
import { switchesOf, type TunedFile, type TunedModel } from '../model/tuned.js'
import { cpuIdentity } from '../native/load/host.js'
import { packageVersion } from '../packageVersion.js'
import type { BenchReport, BenchRow } from './BenchReport.js'
import { baseOf, enginesOf, listOf, requirePositive } from './bench.js'
import { type Candidate, chooseFastest } from './choose.js'
import { watchMachine } from './machine.js'
import {
  type MeasureOptions,
  type Probe,
  probeSettings,
  rowsOf,
  type Timing,
  timeSettings,
} from './measure.js'
import { type PreparedModel, type PrepareOptions, prepare, sharedOptionNames } from './prepare.js'
import type { OptionValue, Setting } from './Setting.js'
import { areEqual, median } from './statistics.js'
import { expandSweep, type Skipped, type Sweep } from './sweep.js'

export interface TuneOptions extends Omit<PrepareOptions, 'sweep' | 'against'> {
  /** The least SQNR of every output, in dB. Default: 60. */
  readonly minSqnrDb?: number
  /** The most memory of a process that runs the model once, Node.js included, in MB of a million bytes. Default: any. */
  readonly maxMemoryMb?: number
  /** Seconds that each of the last settings is timed; the many before them have half of it. Default: 2. */
  readonly duration?: number
  /** Parts of that time. Default: 10. */
  readonly rounds?: number
}

const optionNames: OptionNames<TuneOptions> = {
  minSqnrDb: true,
  maxMemoryMb: true,
  duration: true,
  rounds: true,
  ...sharedOptionNames,
}

/** `unreachable`: no setting of any model meets the bar. */
export type TuningOutcome = 'found' | 'unreachable'

export interface Tuning extends Pick<BenchReport, 'machine' | 'skipped' | 'inputs' | 'reference' | 'notes'> {
  readonly outcome: TuningOutcome
  /** The same as a sentence. */
  readonly said: string
  /** To be written as JSON, for `open(model, { tuned })`; null where nothing meets the bar. */
  readonly tuned: TunedFile | null
  /** The last settings, which took turns; where nothing meets the bar, all that were tried, without times. */
  readonly rows: readonly BenchRow[]
  /** How many settings were run. */
  readonly tried: number
}

/**
 * Finds the fastest precision, threads and switches of each model on this machine that meet a bar of accuracy and memory,
 * and the fastest of the models. Of settings that are equal within the noise, the simplest is taken.
 *
 * @param models paths; a `.param` and an `.mnn` of one network are tuned across engines.
 * @throws TwinferError what `bench()` throws, and TWINFER_MODEL_UNSUPPORTED for an .onnx.
 */
export const tune = answering(
  'tune',
  async function tune(
    models: ModelSource | readonly ModelSource[],
    options: TuneOptions = {},
  ): Promise<Tuning> {
    requireOptions(options, optionNames)
    const { duration = 2, rounds = 10, minSqnrDb = 60, maxMemoryMb } = options
    requirePositive('duration', duration)
    requirePositive('rounds', rounds)
    requireSqnr('minSqnrDb', minSqnrDb)
    if (maxMemoryMb !== undefined) requirePositive('maxMemoryMb', maxMemoryMb)
    const bar: Bar = { minSqnrDb, maxMemoryMb: maxMemoryMb ?? null }
    const finish = watchMachine()
    const files: ModelFile[] = []
    for (const source of listOf(models)) files.push(await ModelFile.from(source))
    for (const file of files) file.requireConverted()
    const prepared = await prepare(files, options)
    const search = new Search(prepared.models, options, bar, { ...options, duration, rounds })
    const finalists = await search.finalists()
    const { probes, timings } = await search.time(finalists, duration)
    const candidates = probes.map((probe, at) => candidateOf(probe, timings[at]!))
    const rows = rowsOf(probes, timings)
    const picks = prepared.models.flatMap(
      ({ file }) => chooseFastest(candidates.filter(({ setting }) => setting.file === file)) ?? [],
    )
    const fastest = chooseFastest(picks)
    const shared = {
      machine: finish(enginesOf(search.triedRows())),
      skipped: search.skipped,
      inputs: prepared.inputs,
      reference: prepared.reference,
      notes: prepared.notes,
      tried: search.tried.length,
    }
    if (!fastest) {
      const said = unreachableText(search.tried, bar)
      return { outcome: 'unreachable', said, tuned: null, rows: search.triedRows(), ...shared }
    }
    const rowFor = (candidate: Measured) => rows[candidates.indexOf(candidate)]!
    const tuned: TunedFile = {
      format: 'twinfer-tuned',
      version: 1,
      twinfer: packageVersion(),
      created: new Date().toISOString(),
      cpu: cpuIdentity(),
      bar,
      reference: prepared.reference,
      fastest: basename(fastest.setting.file.name),
      models: await Promise.all(picks.map((pick) => tunedModel(pick, rowFor(pick)))),
    }
    return { outcome: 'found', said: foundText(fastest, rowFor(fastest)), tuned, rows, ...shared }
  },
)

interface Bar {
  readonly minSqnrDb: number
  readonly maxMemoryMb: number | null
}

interface Measured extends Candidate {
  readonly probe: Probe
}

/** Values of switches that are worth a try, where the engine has them, beside what it does by itself. */
const worthTrying: Readonly<Record<'ncnn' | 'mnn', Readonly<Record<string, OptionValue>>>> = {
  ncnn: {
    use_winograd_convolution: false,
    use_sgemm_convolution: false,
    use_packing_layout: false,
    kernels: false,
  },
  mnn: { winogradMemoryLevel: 0, memory: 'low' },
}

/** Equal ones of the first stage that go on to the last. */
const mostRunnersUp = 3

/** From all precisions and thread counts to the few settings that are timed thoroughly. */
class Search {
  readonly skipped: Skipped[] = []
  readonly tried: Probe[] = []

  constructor(
    private readonly models: readonly PreparedModel[],
    private readonly options: TuneOptions,
    private readonly bar: Bar,
    private readonly measuring: MeasureOptions,
  ) {}

  private get isAnyPrecision(): boolean {
    const { precision = 'default' } = this.options
    return precision === 'default'
  }

  async finalists(): Promise<readonly Probe[]> {
    const sweep: Record<string, Sweep[string]> = {}
    if (this.isAnyPrecision) sweep.precision = 'all'
    if (this.options.threads === undefined) sweep.threads = 'all'
    const { settings, skipped } = expandSweep(this.models, sweep, baseOf(this.options))
    this.skipped.push(...skipped)
    const first = await this.measure(settings)
    const finalists: Probe[] = []
    for (const model of this.models) {
      const own = first.filter(({ setting }) => setting.file === model.file)
      const best = chooseFastest(own)
      if (best) finalists.push(...runnersUp(own, best), ...(await this.withSwitches(model, best)))
    }
    return finalists
  }

  /** The best setting with one switch each, and with all of those that help. */
  private async withSwitches(model: PreparedModel, best: Measured): Promise<readonly Probe[]> {
    const { engine, options = {} } = model
    if (engine === 'onnxruntime') return []
    const given = best.setting.engineOptions
    const switches = Object.entries(worthTrying[engine]).filter(
      ([name, value]) =>
        Object.hasOwn(options, name) && !Object.hasOwn(given, name) && options[name] !== value,
    )
    const withOption = (more: Setting['engineOptions']): Setting => ({
      ...best.setting,
      engineOptions: { ...given, ...more },
    })
    const varied = await this.probe(switches.map(([name, value]) => withOption({ [name]: value })))
    if (varied.length === 0) return []
    const { probes, timings } = await this.time([best.probe, ...varied], this.measuring.duration / 2)
    const [again, ...measured] = probes.map((probe, at) => candidateOf(probe, timings[at]!))
    // Whether little is anything is for the last stage to say, in which all have more time.
    const faster = measured.filter(({ rounds }) => median(rounds) < median(again!.rounds))
    const single = faster.map(({ probe }) => probe)
    const helpful = faster.filter(({ rounds }) => !areEqual(rounds, again!.rounds))
    if (helpful.length < 2) return single
    const all = Object.assign({}, ...helpful.map(({ setting }) => setting.engineOptions))
    return [...single, ...(await this.probe([withOption(all)]))]
  }

  /** Those that meet the bar, with short times. */
  private async measure(settings: readonly Setting[]): Promise<readonly Measured[]> {
    const { probes, timings } = await this.time(await this.probe(settings), this.measuring.duration / 2)
    return probes.map((probe, at) => candidateOf(probe, timings[at]!))
  }

  async time(
    probes: readonly Probe[],
    duration: number,
  ): Promise<{ readonly probes: readonly Probe[]; readonly timings: readonly Timing[] }> {
    const timings = probes.length === 0 ? [] : await timeSettings(probes, { ...this.measuring, duration })
    return { probes, timings }
  }

  /** Those that run and meet the bar. */
  private async probe(settings: readonly Setting[]): Promise<readonly Probe[]> {
    const measuring = { ...this.measuring, isAnyPrecision: this.isAnyPrecision }
    const { probes, skipped } = await probeSettings(settings, this.models, measuring)
    this.tried.push(...probes)
    this.skipped.push(...skipped)
    return probes.filter((probe) => meets(probe, this.bar))
  }

  /** All that ran, without times. */
  triedRows(): readonly BenchRow[] {
    return rowsOf(
      this.tried,
      this.tried.map(() => ({ rounds: [], steady: false })),
    )
  }
}

/** What is equal to the best of the first stage may be better in the last: the simplest of them. */
function runnersUp(own: readonly Measured[], best: Measured): readonly Probe[] {
  const equal = own.filter((one) => one !== best && areEqual(one.rounds, best.rounds))
  const others = equal.toSorted((a, b) => median(a.rounds) - median(b.rounds)).slice(0, mostRunnersUp)
  return [best, ...others].map(({ probe }) => probe)
}

function meets({ accuracy, rssMb, error }: Probe, { minSqnrDb, maxMemoryMb }: Bar): boolean {
  if (error || accuracy.sqnrDb === null || accuracy.sqnrDb < minSqnrDb) return false
  return maxMemoryMb === null || (rssMb !== null && rssMb <= maxMemoryMb)
}

function candidateOf(probe: Probe, { rounds, error }: Timing): Measured {
  return { probe, setting: probe.setting, rounds: error ? [] : rounds.map((times) => median(times)) }
}

async function tunedModel({ setting, probe }: Measured, row: BenchRow): Promise<TunedModel> {
  const { file, engine, precision, device, engineOptions } = setting
  const { p50Ms, p90Ms, runsPerS, spread, runs, rounds, loadMs, rssMb, sqnrDb, cosine, top1Agree } = row
  const evidence = { p50Ms, p90Ms, runsPerS, spread, runs, rounds, loadMs, rssMb, sqnrDb, cosine, top1Agree }
  return {
    file: basename(file.name),
    sha256: (await file.digest()).sha256,
    engine: engine as 'ncnn' | 'mnn',
    engineVersion: probe.opened!.effective.engineVersion,
    options: { precision, threads: row.threads ?? 1, device, engineOptions: switchesOf(engineOptions) },
    evidence: Object.fromEntries(
      Object.entries(evidence).map(([key, value]) => [key, value && Number(value.toPrecision(6))]),
    ),
  }
}

function foundText({ setting }: Measured, { p50Ms, sqnrDb, threads }: BenchRow): string {
  const switches = Object.entries(setting.engineOptions).map(([name, value]) => `, ${name}=${value}`)
  const how = `${setting.precision}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${switches.join('')}`
  return `${setting.file.name} is the fastest that meets the bar: ${how}, ${formatMs(p50Ms ?? Number.NaN)}, ${formatDb(sqnrDb)}`
}

function unreachableText(tried: readonly Probe[], { minSqnrDb, maxMemoryMb }: Bar): string {
  const best = Math.max(...tried.map(({ accuracy }) => accuracy.sqnrDb ?? -Infinity))
  const least = Math.min(...tried.map(({ rssMb }) => rssMb ?? Infinity))
  const memory = maxMemoryMb === null ? '' : ` and at most ${maxMemoryMb} MB`
  const had = Number.isFinite(best) ? `the best has ${formatDb(best)}` : 'none of them ran'
  const used =
    maxMemoryMb === null || !Number.isFinite(least) ? '' : `, the smallest takes ${least.toFixed(0)} MB`
  return `no setting has ${formatDb(minSqnrDb)}${memory}: ${had}${used}`
}
