import type { ModelWork } from '../../check/ModelWork.js'
import type { Noise } from '../../compare/outputs/Noise.js'
import { isDType } from '../../tensor/arrayForDType.js'
import type { DType } from '../../tensor/DType.js'
import type { TraceStep } from '../../trace/LayerTracer.js'
import type { BlobStatistics } from '../../trace/TracedLayer.js'
import { dictionary, fields, list, oneOf, orAbsent, orNull, that } from './Check.js'
import type {
  PackEffective,
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
export const checkManifest = fields<PackManifest>({
  format: oneOf('twinfer-golden-pack'),
  version: that('MAJOR.MINOR', (value) => /^\d+\.\d+$/.test(String(value))),
  inputs: tensors,
  modelInputs: orAbsent(list(fields<PackInput>({ name: text, shape: orNull(openShape), unused: truth }))),
  recorded: run,
  steps: list(fields<TraceStep>({ name: text, type: text, inputs: list(text), outputs: list(text) })),
  layers: list(
    fields<PackLayer>({ name: text, type: text, blob: text, shape, statistics, member: orNull(text) }),
  ),
  tolerances: list(text),
  runs: list(run),
})
