import type { TypedArray } from '../tensor/DType.js'
import type { NativeHostTensor } from './NativeMnn.js'
import type { NativePiece } from './NativePiece.js'
import type { NativeFile, NativeGpu, NativeRunnerOptions, NativeTensorSpec } from './NativeRunner.js'

export type NativeOptions = Readonly<Record<string, boolean | number>>

export interface NativeLayer {
  readonly type: string
  readonly name: string
  readonly bottoms: readonly string[]
  readonly tops: readonly string[]
}

export interface NativeView {
  readonly data: TypedArray
  readonly shape: readonly number[]
}

export interface NativeMat {
  readonly dims: number
  readonly w: number
  readonly h: number
  readonly d: number
  readonly c: number
  /** Bytes of one element, times `elempack`. */
  readonly elemsize: number
  readonly elempack: number
  /** Elements from one channel to the next: `w*h*d` rounded up to 16 bytes. */
  readonly cstep: number
  readonly shape: readonly number[]
  /** All of the Mat's memory, padding included; the same buffer each time. */
  readonly buffer: ArrayBuffer
  /** The elements without padding, copied. */
  toFloat32Array(): Float32Array
  clone(): NativeMat
}

export interface NativeMatStatic {
  /** Copies `data` into a Mat with ncnn's padding. */
  from(data: Float32Array | Int32Array, shape: readonly number[]): NativeMat
}

export interface NativeExtractor {
  input(blob: string | number, mat: NativeMat): void
  extract(blob: string | number, raw: boolean): NativeMat
  /** As extract, without a Mat: fp32, unpacked and without padding. */
  read(blob: string | number): NativeHostTensor
  setLightMode(on: boolean): void
  clear(): void
}

/** An array's leading axis is a dimension of ncnn's or a batch: the network decides (cpp/ncnn/input_dimensions.h). */
export interface NativeInputReading {
  /** Items of a batch, each a run of its own. */
  readonly items: number
  /** Inside ncnn, of one item. */
  readonly dimensions: readonly (readonly number[])[]
  /** Whether an input has a part for each item. */
  readonly batched: readonly boolean[]
}

export interface NativeNet {
  getOption(): NativeOptions
  setOption(option: NativeOptions): void
  /** Sets the options that `open()` would set. */
  configure(options: NativeRunnerOptions): void
  loadParam(file: NativeFile): void
  loadModel(file: NativeFile): void
  clear(): void
  readonly layers: readonly NativeLayer[]
  readonly blobNames: readonly string[]
  readonly inputIndexes: readonly number[]
  readonly outputIndexes: readonly number[]
  readonly inputs: readonly NativeTensorSpec[]
  /** How a run takes these inputs, one for each of `inputs`. */
  readInputs(inputs: readonly NativeView[]): NativeInputReading
  createExtractor(): NativeExtractor
  /** One layer on the tensors given for its bottoms, in ncnn's dimensions; no other layer runs. */
  runLayer(layer: number, bottoms: readonly NativeView[]): readonly NativeHostTensor[]
  /** Milliseconds of each of `layers` inside a run of the whole net; empty on a GPU. Runs it several times. */
  timeLayers(inputs: readonly NativeMat[]): readonly number[]
}

export interface NativeCpu {
  readonly features: Readonly<Record<string, boolean>>
  readonly cores: number
  readonly bigCores: number
  readonly physicalCores: number
}

export interface NativeMaskedParam {
  readonly text: string
  readonly bridges: readonly {
    readonly from: string
    readonly to: string
    readonly blob: string
    readonly layer: string
  }[]
  readonly wide: readonly number[]
}

export interface NativeMendedParam {
  readonly text: Uint8Array
  readonly hadByteOrderMark: boolean
  readonly lackedMagic: boolean
  /** Both empty where the counts were right. */
  readonly counts: string
  readonly rightCounts: string
}

export interface NativeNcnn {
  readonly Net: new () => NativeNet
  readonly Mat: NativeMatStatic
  /**
   * Some layers, by ascending index, as a network: a .param of the format of `param`. What enters has ncnn's dimensions; of the
   * weights only tags are read, through `word`.
   */
  cut(
    param: Uint8Array,
    layers: readonly number[],
    entering: readonly { readonly name: string; readonly shape: readonly number[] }[],
    weightsSize: number,
    word: (offset: number) => number | undefined,
  ): NativePiece
  /** cpp/format/ncnn/mask_layers.h. */
  maskLayers(param: string, layers: readonly number[], bits: number): NativeMaskedParam
  /** cpp/format/ncnn/mend_param.h; undefined where nothing can be mended. */
  mendParam(param: Uint8Array): NativeMendedParam | undefined
  cpu(): NativeCpu
  /** Starts Vulkan on first use; [] where there is none. */
  gpus(): readonly NativeGpu[]
}
