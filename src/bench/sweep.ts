import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import type { ModelFile } from '../file/ModelFile.js'
import { type Precision, precisions } from '../model/options.js'
import type { BenchEngine, EngineOptions, OptionValue, Setting } from './Setting.js'

/** By key what to try: values, or `all` that make sense. */
export type Sweep = Readonly<Record<string, readonly OptionValue[] | 'all'>>

const baseKeys = ['precision', 'threads', 'engine', 'device'] as const
const engines: readonly BenchEngine[] = ['ncnn', 'mnn', 'onnxruntime']

/** Switches whose values are words, as MNN's own enumerations have them. */
const words: Readonly<Record<string, readonly string[]>> = {
  memory: ['normal', 'high', 'low'],
  power: ['normal', 'high', 'low'],
  precision: ['normal', 'high', 'low', 'low_bf16'],
}

/**
 * What `--sweep` says: keys, or a key with its values: `precision,threads`, `precision=fp32,bf16`. A word behind values is
 * one more of them, unless it is one of the four keys that every engine has. Throws TWINFER_USAGE.
 */
export function parseSweep(texts: readonly string[]): Sweep {
  const sweep: Record<string, OptionValue[] | 'all'> = {}
  for (const text of texts) {
    let current: OptionValue[] | undefined
    for (const part of text.split(',').map((word) => word.trim())) {
      const at = part.indexOf('=')
      const key = at < 0 ? part : part.slice(0, at)
      if (at < 0 && current && !isBaseKey(part)) {
        if (part === '') throw usage(`expected values between the commas, received '${text}'`)
        current.push(parseValue(part))
        continue
      }
      if (key === '' || part.endsWith('=')) throw usage(`expected KEY or KEY=VALUE,…, received '${text}'`)
      current = undefined
      if (at < 0) sweep[key] = 'all'
      else {
        const earlier = sweep[key]
        current = Array.isArray(earlier) ? earlier : []
        current.push(parseValue(part.slice(at + 1)))
        sweep[key] = current
      }
    }
  }
  return sweep
}

function parseValue(text: string): OptionValue {
  if (text === 'true' || text === 'false') return text === 'true'
  return Number.isFinite(Number(text)) ? Number(text) : text
}

function isBaseKey(word: string): word is (typeof baseKeys)[number] {
  return (baseKeys as readonly string[]).includes(word)
}

/** What is known of a model whose settings are to be found. */
export interface SweptModel {
  readonly file: ModelFile
  readonly engine: BenchEngine
  /** The switches of its engine with their values; undefined where it could not be opened. */
  readonly options: EngineOptions | undefined
  /** Those that the engine takes by itself. */
  readonly threads: number
}

export interface SweepBase {
  readonly precision: Precision
  readonly threads: number | undefined
  readonly device: Setting['device']
  readonly engineOptions: (engine: BenchEngine) => EngineOptions
}

/** A combination that is not run, and why. */
export interface Skipped {
  readonly model: string
  readonly setting: string
  readonly reason: string
}

export interface ExpandedSweep {
  readonly settings: readonly Setting[]
  readonly skipped: readonly Skipped[]
}

/** Every combination for every model. Throws TWINFER_USAGE for keys and values that no model knows. */
export function expandSweep(models: readonly SweptModel[], sweep: Sweep, base: SweepBase): ExpandedSweep {
  requireKnownKeys(models, sweep)
  const skipped: Skipped[] = []
  const wanted = sweep.engine
  const chosen = models.filter(
    ({ engine }) => wanted === undefined || wanted === 'all' || wanted.includes(engine),
  )
  for (const engine of Array.isArray(wanted) ? (wanted as readonly string[]) : []) {
    if (models.some((model) => model.engine === engine)) continue
    const reason = `no model for it was given, and none of the same name lies beside ${models[0]!.file.name}`
    skipped.push({ model: models[0]!.file.name, setting: `engine=${engine}`, reason })
  }
  const settings = chosen.flatMap((model) => settingsOf(model, sweep, base, skipped))
  return { settings, skipped }
}

function settingsOf(
  model: SweptModel,
  sweep: Sweep,
  base: SweepBase,
  skipped: Skipped[],
): readonly Setting[] {
  const { file, engine } = model
  const isPeer = engine === 'onnxruntime'
  const skip = (setting: string, reason: string) => skipped.push({ model: file.name, setting, reason })
  const only = <T>(key: string, values: readonly T[], isPossible: (value: T) => boolean, reason: string) => {
    for (const value of values) if (!isPossible(value)) skip(`${key}=${value}`, reason)
    return values.filter(isPossible)
  }
  const runsAsFile = (word: Precision) => !isPeer || word === 'fp32' || word === 'default'
  const [precision, threads, device] = [
    only('precision', precisionsOf(sweep, base, isPeer), runsAsFile, 'an .onnx runs in its own precision'),
    threadsOf(sweep, base, model),
    only(
      'device',
      devicesOf(sweep, base, isPeer),
      (one) => !isPeer || one !== 'vulkan',
      'it runs on the CPU',
    ),
  ]
  const options = optionSets(model, sweep, skip)
  return device.flatMap((oneDevice) =>
    precision.flatMap((word) =>
      threads.flatMap((count) =>
        options.map((one) => ({
          file,
          engine,
          precision: isPeer ? 'fp32' : word,
          threads: count,
          device: oneDevice,
          engineOptions: { ...base.engineOptions(engine), ...one },
        })),
      ),
    ),
  )
}

function precisionsOf({ precision }: Sweep, base: SweepBase, isPeer: boolean): readonly Precision[] {
  if (isPeer && (precision === undefined || precision === 'all')) return ['fp32']
  if (precision === undefined) return [base.precision]
  if (precision === 'all') return precisions
  return precision as readonly Precision[]
}

/** Powers of two up to what the engine would take by itself, and that. */
function threadsOf({ threads }: Sweep, base: SweepBase, model: SweptModel): readonly (number | undefined)[] {
  if (threads === undefined)
    return [base.threads ?? (model.engine === 'onnxruntime' ? model.threads : undefined)]
  if (threads !== 'all') return threads as readonly number[]
  return defaultThreads(model.threads)
}

export function defaultThreads(most: number): readonly number[] {
  const powers = Array.from({ length: 9 }, (_, exponent) => 2 ** exponent).filter((count) => count < most)
  return [...powers, most]
}

function devicesOf({ device }: Sweep, base: SweepBase, isPeer: boolean): readonly Setting['device'][] {
  if (device === undefined) return [isPeer ? 'cpu' : base.device]
  return device === 'all' ? ['cpu', 'vulkan'] : (device as readonly Setting['device'][])
}

/** Combinations of the switches that are this engine's; it runs once without those that are not. */
function optionSets(
  { engine, options }: SweptModel,
  sweep: Sweep,
  skip: (setting: string, reason: string) => void,
): readonly EngineOptions[] {
  let sets: readonly EngineOptions[] = [{}]
  for (const [key, values] of Object.entries(sweep)) {
    if (isBaseKey(key)) continue
    const { prefix, name } = splitKey(key)
    if (prefix !== undefined && prefix !== engine) continue
    if (engine === 'onnxruntime' || (options && !Object.hasOwn(options, name))) {
      if (prefix === undefined) skip(key, `${engine} has no such option`)
      continue
    }
    const tried = values === 'all' ? allValues(key, options?.[name]) : values
    sets = sets.flatMap((set) => tried.map((value) => ({ ...set, [name]: value })))
  }
  return sets
}

function splitKey(key: string): { readonly prefix: string | undefined; readonly name: string } {
  const [, prefix, name] = /^(ncnn|mnn)\.(.+)$/.exec(key) ?? []
  return { prefix, name: name ?? key }
}

/** Throws TWINFER_USAGE for numbers, of which nobody knows which make sense. */
function allValues(key: string, current: OptionValue | undefined): readonly OptionValue[] {
  if (typeof current === 'boolean') return [true, false]
  const known = words[splitKey(key).name]
  if (typeof current === 'string' && known) return known
  throw usage(`expected values for '${key}', received none`, `Give them as --sweep ${key}=1,2,3.`)
}

/** Each option once: `mnn.` in front of one narrows it, and makes no other of it. */
function optionsOf(models: readonly SweptModel[]): string {
  const byEngine = new Map(models.map(({ engine, options = {} }) => [engine, Object.keys(options)]))
  const lists = [...byEngine].flatMap(([engine, names]) =>
    names.length === 0 ? [] : [`The options of ${engine}: ${names.join(', ')}.`],
  )
  return [...lists, 'With its name and a dot in front, an option is for that engine only.'].join(' ')
}

function requireKnownKeys(models: readonly SweptModel[], sweep: Sweep): void {
  const unopened = models.some(({ engine, options }) => engine !== 'onnxruntime' && options === undefined)
  const names = models.flatMap(({ engine, options = {} }) =>
    Object.keys(options).flatMap((name) => [name, `${engine}.${name}`]),
  )
  const known = [...baseKeys, ...new Set(names)]
  for (const [key, values] of Object.entries(sweep)) {
    if (isBaseKey(key)) requireKnownValues(key, values)
    else if (!known.includes(key) && !unopened) {
      throw usage(
        `expected precision, threads, engine, device or an option of the engines, received '${key}'`,
        suggest(key, known) || optionsOf(models),
      )
    }
  }
}

const devices = /^(cpu|auto|vulkan(:\d+)?)$/

function requireKnownValues(key: (typeof baseKeys)[number], values: Sweep[string]): void {
  if (values === 'all') return
  const names: Readonly<Record<string, readonly string[]>> = {
    precision: precisions,
    engine: engines,
    device: ['cpu', 'vulkan', 'vulkan:INDEX', 'auto'],
    threads: ['a whole number from 1 to 256'],
  }
  for (const value of values) {
    const isKnown =
      key === 'threads'
        ? Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 256
        : key === 'device'
          ? devices.test(String(value))
          : names[key]!.includes(String(value))
    if (!isKnown) {
      throw usage(
        `${key}: expected ${names[key]!.join(', ')}, received '${value}'`,
        suggest(String(value), names[key]!) || undefined,
      )
    }
  }
}

function usage(message: string, help = 'For example --sweep precision=fp32,bf16 --sweep threads=1,2.') {
  return new TwinferError('TWINFER_USAGE', `--sweep: ${message}`, { help })
}
