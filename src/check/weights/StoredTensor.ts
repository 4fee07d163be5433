/** The number formats that weights have in files. */
export type ValueFormat = 'fp32' | 'fp16' | 'bf16' | 'int8'

/** What one pass over a tensor finds. */
export interface ValueStatistics {
  readonly count: number
  readonly zeros: number
  /** Not zero, and smaller than the format's smallest normal number. */
  readonly subnormal: number
  /** NaN and Infinity together. */
  readonly special: number
  /** Every value is the same. */
  readonly constant: boolean
  /** How many values have each exponent, biased as in float32; int8 has none. */
  readonly exponents: Float64Array
}

/** The bias of float32's exponent: `exponents[exponentBias]` counts values of 1 to 2. */
export const exponentBias = 127

/** What the numbers are to their layer. Only a `weight` has a direction that folding keeps. */
export type WeightRole = 'weight' | 'bias' | 'scale' | 'data'

/** A tensor of weights where it lies in its file. */
export interface StoredTensor {
  readonly layer: string
  readonly layerType: string
  readonly role: WeightRole
  readonly format: ValueFormat
  /** Values, not bytes. */
  readonly count: number
  /** Output channels; the values of one are together. */
  readonly channels: number
  /** Where the first value is. */
  readonly offset: number
  /** Of an .mnn: in the weight file beside it, not in the model. */
  readonly external?: boolean
}

export const bytesPerValue: Readonly<Record<ValueFormat, number>> = { fp32: 4, fp16: 2, bf16: 2, int8: 1 }

/** Where a finding about a tensor, or about one of its values, is. */
export function placeIn(tensor: StoredTensor, index = 0) {
  return { layer: tensor.layer, offset: tensor.offset + index * bytesPerValue[tensor.format] }
}

const plurals = { weight: 'weights', bias: 'biases', scale: 'scales', data: 'values' } as const

/** A tensor in a message: `144 weights of 'conv1'`. */
export function describeTensor({ count, role, layer }: StoredTensor): string {
  return `${count} ${plurals[role]} of '${layer}'`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0.1 ? 0 : 1)} %`
}
