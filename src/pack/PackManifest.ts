import type { Noise } from '../compare/judge/noiseFloor.js'
import type { ModelWork } from '../file/ModelWork.js'
import type { WeightStorage } from '../file/storages.js'
import type { Sidecar } from '../preprocess/sidecar/Sidecar.js'
import type { DType, Layout } from '../tensor/DType.js'
import type { BlobStatistics, TraceStep } from '../trace/LayerTracer.js'

/** `manifest.json` of a golden pack. docs/packs.md explains every field. */
export interface PackManifest {
  readonly format: 'twinfer-golden-pack'
  /** MAJOR.MINOR. A reader refuses another major one; a minor one only adds fields. */
  readonly version: string
  /** In the model's order, as it was fed. */
  readonly inputs: readonly StoredTensor[]
  /** All inputs that the recorded model has, in its order; not in packs before version 1.1. */
  readonly modelInputs?: readonly PackInput[] | undefined
  /** How pictures become inputs, and what outputs mean; not in packs before version 1.2, null where nobody said it. */
  readonly sidecar?: Sidecar | null | undefined
  /** The pictures that inputs were made of; not in packs before version 1.2. */
  readonly images?: readonly PackImage[] | undefined
  /** The run that the others are held against. */
  readonly recorded: PackRun
  /** The recorded model's graph, without layers that compute nothing. [] where it could not be traced. */
  readonly steps: readonly TraceStep[]
  /** Every tensor inside the network, in the order of execution. */
  readonly layers: readonly PackLayer[]
  /** As `--tolerance` takes them; they hold for every verdict that is not given its own. */
  readonly tolerances: readonly string[]
  /** Verifying runs that were appended, the oldest first. */
  readonly runs: readonly PackRun[]
}

/** A tensor and the member that holds its values. */
export interface StoredTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly layout: Layout
  readonly member: string
}

/** An input of the recorded model: what a converter that drops or counts inputs started from. */
export interface PackInput {
  readonly name: string
  /** -1 where a dimension is open; null where all of them are. */
  readonly shape: readonly number[] | null
  /** Nothing that the model computes depends on it. */
  readonly unused: boolean
}

/** A picture as it was decoded: bytes of shape [height, width, channels]. */
export interface PackImage {
  /** The input that it became. */
  readonly input: string
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
  readonly order: 'RGB' | 'BGR'
  /** EXIF's, 1 to 8. */
  readonly orientation: number
  readonly member: string
}

/** One layer's tensor. */
export interface PackLayer {
  readonly name: string
  readonly type: string
  readonly blob: string
  readonly shape: readonly number[]
  /** Its `maxAbs` says without the values whether fp16 can hold them. */
  readonly statistics: BlobStatistics
  /** Null where the values are not stored. */
  readonly member: string | null
}

/** What ran where, and what came out. */
export interface PackRun {
  /** ISO 8601, UTC. */
  readonly date: string
  readonly machine: PackMachine
  readonly versions: PackVersions
  readonly model: PackModel
  readonly effective: PackEffective
  /** How far it is from itself when it runs again. */
  readonly noise: Noise
  /** Of the first run. */
  readonly outputs: readonly StoredTensor[]
}

export interface PackMachine {
  readonly platform: string
  readonly arch: string
  readonly cpu: string
  /** The instruction sets that the engines choose their kernels by; null where nobody asked an engine. */
  readonly features: readonly string[] | null
}

export interface PackVersions {
  readonly twinfer: string
  readonly node: string
  readonly engine: string
}

export interface PackModel {
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  /** Relative to the pack's folder, with slashes. */
  readonly path: string
  /** SHA-256 over the contents of `files` in their order. */
  readonly sha256: string
  readonly files: readonly PackModelFile[]
  /** How the file stores its weights; null where that is not known, as for an .onnx. */
  readonly storage: WeightStorage | null
  /** What the pass rule needs to know of the network; null where that is not known. */
  readonly work: ModelWork | null
}

export interface PackModelFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** What really ran, as `model.effective` says it. */
export interface PackEffective {
  readonly backend: string
  readonly device: string
  readonly requestedPrecision: string
  readonly precision: string
  readonly threads: number
  readonly notes: readonly string[]
  /** The engine's own switches by name. */
  readonly options: Readonly<Record<string, boolean | number | string>>
}
