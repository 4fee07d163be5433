import { totalmem } from 'node:os'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { NativeRunnerOptions } from '../native/NativeRunner.js'
import { type Limits, type OpenOptions, precisions } from './options.js'

/** The options with their defaults, as native code takes them. Throws TWINFER_INVALID_OPTION. */
export function runnerOptions(options: OpenOptions): NativeRunnerOptions {
  checkOptions(options)
  return {
    precision: options.precision ?? 'default',
    threads: options.threads ?? 0,
    lanes: options.lanes ?? 0,
    device: options.device ?? 'cpu',
    engineOptions: options.engineOptions ?? {},
    inputShapes: options.inputShapes ?? {},
    limits: nativeLimits(options.limits),
  }
}

function nativeLimits({ ms = Infinity, memory = fairShare(), elements = Infinity }: Limits = {}) {
  const orNone = (limit: number) => (limit === Infinity ? 0 : limit)
  return { ms: orNone(ms), memory: orNone(memory), elements: orNone(elements) }
}

function fairShare(): number {
  const constrained = process.constrainedMemory() ?? 0
  return Math.floor(Math.min(totalmem(), constrained > 0 ? constrained : Infinity) / 2)
}

/** Of `open()`, and of what opens a model likewise. */
export const openOptionNames: OptionNames<OpenOptions> = {
  engine: true,
  weights: true,
  precision: true,
  threads: true,
  lanes: true,
  device: true,
  engineOptions: true,
  inputShapes: true,
  logger: true,
  sidecar: true,
  isolate: true,
  limits: true,
  tuned: true,
}

function checkOptions(options: OpenOptions) {
  requireOptions(options, openOptionNames)
  if (options.tuned !== undefined) refuse('tuned for open() only', options.tuned)
  const {
    engine,
    lanes,
    logger,
    inputShapes = {},
    engineOptions = {},
    sidecar,
    isolate = false,
    limits,
  } = options
  if (engine !== undefined && engine !== 'ncnn' && engine !== 'mnn') refuse("engine 'ncnn' or 'mnn'", engine)
  requireRunSettings(options)
  if (lanes !== undefined && !(Number.isInteger(lanes) && lanes >= 1 && lanes <= 16)) {
    refuse('lanes from 1 to 16', lanes)
  }
  if (
    sidecar !== undefined &&
    sidecar !== false &&
    typeof sidecar !== 'string' &&
    !(sidecar instanceof URL)
  ) {
    refuse('sidecar as a path, a file URL or false', sidecar)
  }
  if (typeof isolate !== 'boolean') refuse('isolate as true or false', isolate)
  if (limits !== undefined) checkLimits(limits)
  if (logger !== undefined && typeof logger !== 'function') refuse('logger as a function', logger)
  for (const [name, value] of Object.entries({ inputShapes, engineOptions })) {
    if (typeof value !== 'object' || value === null) refuse(`${name} as an object`, value)
  }
  for (const [name, sizes] of Object.entries(inputShapes)) {
    if (Array.isArray(sizes) && sizes.includes(0))
      refuse(`inputShapes.${name} with sizes of 1 or more`, sizes)
  }
}

/** Of every engine, onnxruntime included. Throws TWINFER_INVALID_OPTION. */
export function requireRunSettings({
  precision = 'default',
  threads = 1,
}: Pick<OpenOptions, 'precision' | 'threads'>): void {
  if (!precisions.includes(precision)) refuse(`precision ${precisions.join(', ')}`, precision)
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 256)) refuse('threads from 1 to 256', threads)
}

const limitNames: OptionNames<Limits> = { ms: true, memory: true, elements: true }

/** What each of them counts. */
const units = { ms: 'milliseconds', memory: 'bytes', elements: 'elements' } as const satisfies Record<
  keyof Limits,
  string
>

function checkLimits(limits: Limits) {
  requireOptions(limits, limitNames, 'limits')
  for (const [name, value] of Object.entries(limits)) {
    if (!(typeof value === 'number' && value > 0))
      refuse(`limits.${name} as a number of ${units[name as keyof Limits]} above 0`, value)
  }
}

function refuse(expected: string, received: unknown): never {
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `expected ${expected}, received ${JSON.stringify(received)}`,
  )
}
