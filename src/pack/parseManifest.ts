import type { Noise } from '../compare/judge/noiseFloor.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import type { ModelWork } from '../file/ModelWork.js'
import type { Sidecar } from '../preprocess/sidecar/Sidecar.js'
import { type DType, isDType } from '../tensor/DType.js'
import type { BlobStatistics, TraceStep } from '../trace/LayerTracer.js'
import type {
  PackEffective,
  PackImage,
  PackInput,
  PackLayer,
  PackMachine,
  PackManifest,
  PackModel,
  PackModelFile,
  PackRun,
  PackVersions,
  StoredTensor,
} from './PackManifest.js'

/** The version that this package writes. */
export const packVersion = '1.2'

/**
 * Checks the content of `manifest.json`. Throws TWINFER_PACK_INVALID with the place of what is wrong, and
 * TWINFER_PACK_UNSUPPORTED for another major version.
 */
export function parseManifest(value: unknown): PackManifest {
  requireVersion(value)
  const manifest = checkManifest(value, '')
  if (manifest.recorded.outputs.length === 0) {
    throw packError('manifest.json: recorded.outputs: expected at least one output, received none')
  }
  return manifest
}

/**
 * Checks the sidecar in a manifest, and that there is a record for each picture. Throws TWINFER_PACK_INVALID. What reads
 * sidecars is loaded where there is one.
 */
export async function checkSidecar({ sidecar, images = [] }: PackManifest): Promise<void> {
  const stray = images.find(({ input }) => !Object.hasOwn(sidecar?.inputs ?? {}, input))
  if (stray) {
    throw packError(
      `manifest.json: images: expected a record in sidecar.inputs for '${stray.input}', received none`,
    )
  }
  if (!sidecar) return
  const { requireSidecar } = await import('../preprocess/sidecar/parseSidecar.js')
  try {
    requireSidecar(sidecar, 'manifest.json: sidecar')
  } catch (error) {
    throw packError((error as Error).message)
  }
}

/** Throws TWINFER_PACK_INVALID. */
export function parseManifestJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw packError(`manifest.json is not JSON: ${(cause as Error).message}`)
  }
}

/** Asked first: of a manifest of another major version, no field can be relied on. */
function requireVersion(value: unknown): void {
  const { version } = (value ?? {}) as { readonly version?: unknown }
  const [major] = /^\d+/.exec(String(version)) ?? []
  const known = packVersion.split('.')[0]
  if (typeof version !== 'string' || major === undefined || major === known) return
  throw new TwinferError(
    'TWINFER_PACK_UNSUPPORTED',
    `expected a golden pack of version ${known}.x, received ${version}`,
    { help: 'Verify it with the version of twinfer that recorded it, or record it again.' },
  )
}

type NoiseOfOutput = Noise['outputs'][number]

const text = that<string>('a string', (value) => typeof value === 'string')
const number = that<number>('a number', Number.isFinite)
const count = that<number>(
  'a whole number >= 0',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
)
const digest = that<string>('64 hexadecimal digits', (value) => /^[0-9a-f]{64}$/.test(String(value)))
const date = that<string>('a date', (value) => !Number.isNaN(Date.parse(String(value))))
const shape = list(count)

const truth = that<boolean>('true or false', (value) => typeof value === 'boolean')
const openShape = list(
  that<number>('a whole number >= -1', (value) => Number.isSafeInteger(value) && Number(value) >= -1),
)

const tensorFields = {
  name: text,
  shape,
  dtype: that<DType>('an element type', isDType),
  layout: oneOf('NCHW', 'NHWC'),
  member: text,
} as const

const side = that<number>(
  'a whole number from 1 to 65535',
  (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
)

const imageFields = {
  input: text,
  width: side,
  height: side,
  channels: that<PackImage['channels']>('a number from 1 to 4', (value) =>
    [1, 2, 3, 4].includes(value as number),
  ),
  order: oneOf('RGB', 'BGR'),
  orientation: that<number>(
    'a number from 1 to 8',
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 8,
  ),
  member: text,
} as const

/** Only that it is one: `checkSidecar` asks its schema. */
const sidecar: Check<Sidecar> = (value, at) => requireObject(value, at) as unknown as Sidecar

const tensors = list(fields<StoredTensor>(tensorFields))

const statistics = fields<BlobStatistics>({
  min: orNull(number),
  max: orNull(number),
  mean: orNull(number),
  std: orNull(number),
  maxAbs: number,
  nan: count,
  inf: count,
  fp16: oneOf('fits', 'risk', 'overflow'),
})

const setting = that<boolean | number | string>('true, false, a number or a string', (value) =>
  ['boolean', 'number', 'string'].includes(typeof value),
)

const run = fields<PackRun>({
  date,
  machine: fields<PackMachine>({ platform: text, arch: text, cpu: text, features: orNull(list(text)) }),
  versions: fields<PackVersions>({ twinfer: text, node: text, engine: text }),
  model: fields<PackModel>({
    engine: oneOf('ncnn', 'mnn', 'onnx'),
    path: text,
    sha256: digest,
    files: list(fields<PackModelFile>({ name: text, bytes: count, sha256: digest })),
    storage: orNull(
      that('a way to store weights', (value) => /^(fp32|fp16|bf16|int[2-8]|mixed|none)$/.test(String(value))),
    ),
    work: orNull(fields<ModelWork>({ depth: count, longestDot: count, approximated: count })),
  }),
  effective: fields<PackEffective>({
    backend: text,
    device: text,
    requestedPrecision: text,
    precision: text,
    threads: count,
    notes: list(text),
    options: dictionary(setting),
  }),
  noise: fields<Noise>({
    runs: count,
    deterministic: truth,
    outputs: list(fields<NoiseOfOutput>({ name: text, sqnrDb: number })),
  }),
  outputs: tensors,
})

/** The whole manifest; what is not as PackManifest says is refused with its place. */
const checkManifest = fields<PackManifest>({
  format: oneOf('twinfer-golden-pack'),
  version: that('MAJOR.MINOR', (value) => /^\d+\.\d+$/.test(String(value))),
  inputs: tensors,
  modelInputs: orAbsent(list(fields<PackInput>({ name: text, shape: orNull(openShape), unused: truth }))),
  sidecar: orAbsent(orNull(sidecar)),
  images: orAbsent(list(fields<PackImage>(imageFields))),
  recorded: run,
  steps: list(fields<TraceStep>({ name: text, type: text, inputs: list(text), outputs: list(text) })),
  layers: list(
    fields<PackLayer>({ name: text, type: text, blob: text, shape, statistics, member: orNull(text) }),
  ),
  tolerances: list(text),
  runs: list(run),
})

/** Reads an untyped value as a T; `at` says where it stands, for the error: `recorded.outputs[0].shape`. */
type Check<T> = (value: unknown, at: string) => T

export function packError(message: string, help = 'Record the pack again.'): TwinferError {
  return new TwinferError('TWINFER_PACK_INVALID', message, { help })
}

function expected(what: string, value: unknown, at: string): TwinferError {
  return packError(`manifest.json: ${at}: expected ${what}, received ${describeValue(value)}`)
}

/** A primitive that is `what`. */
function that<T>(what: string, is: (value: unknown) => boolean): Check<T> {
  return (value, at) => {
    if (is(value)) return value as T
    throw expected(what, value, at)
  }
}

function list<T>(item: Check<T>): Check<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw expected('a list', value, at)
    return value.map((element, i) => item(element, `${at}[${i}]`))
  }
}

/** An object whose keys are free. */
function dictionary<T>(item: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, at) => {
    const entries = Object.entries(requireObject(value, at))
    return Object.fromEntries(entries.map(([key, field]) => [key, item(field, `${at}.${key}`)]))
  }
}

/** An object with these fields. Others are left out: a later minor version may have more. */
function fields<T>(checks: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const names = Object.keys(checks) as (keyof T & string)[]
  return (value, at) => {
    const from = requireObject(value, at)
    // Own properties only: a missing field must not be found on a prototype.
    const entries = names.map((name) => [
      name,
      checks[name](Object.hasOwn(from, name) ? from[name] : undefined, at === '' ? name : `${at}.${name}`),
    ])
    return Object.fromEntries(entries) as T
  }
}

function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? null : check(value, at))
}

/** Of a field that earlier versions do not have. */
function orAbsent<T>(check: Check<T>): Check<T | undefined> {
  return (value, at) => (value === undefined ? undefined : check(value, at))
}

function oneOf<T extends string>(...words: readonly T[]): Check<T> {
  return that(words.join(' or '), (value) => (words as readonly unknown[]).includes(value))
}

function requireObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw expected('an object', value, at === '' ? 'the whole' : at)
}
