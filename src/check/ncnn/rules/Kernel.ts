import type { LayerParams } from '../LayerParams.js'

/** The sizes of a (de)convolution of any kind; height and depth take the width's value as their default. */
export class Kernel {
  readonly axes: number
  readonly transposed: boolean
  readonly depthwise: boolean
  /** The weights come as a second input. */
  readonly dynamic: boolean
  readonly outputs: number
  readonly weights: number
  readonly group: number
  readonly size: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]

  constructor(params: LayerParams) {
    const { type } = params.layer
    this.axes = type.endsWith('1D') ? 1 : type.endsWith('3D') ? 3 : 2
    this.transposed = type.startsWith('Deconvolution')
    this.depthwise = type.includes('DepthWise')
    const mayBeDynamic = this.axes < 3 && type !== 'DeformableConv2D'
    this.dynamic = mayBeDynamic && params.int(this.transposed ? 28 : 19) !== 0
    this.outputs = params.int(0)
    this.weights = params.int(6)
    this.group = this.depthwise ? params.int(7, 1) : 1
    this.size = this.perAxis(params, [1, 11, 21], 0)
    this.dilation = this.perAxis(params, [2, 12, 22], 1)
    this.stride = this.perAxis(params, [3, 13, 23], 1)
  }

  get area(): number {
    return this.size.reduce((a, b) => a * b, 1)
  }

  /** Input channels that the number of weights stands for, of all groups together; not always whole. */
  get inputs(): number {
    return (this.weights / this.area / this.outputs) * this.group
  }

  private perAxis(params: LayerParams, keys: readonly number[], otherwise: number): readonly number[] {
    const first = params.int(keys[0]!, otherwise)
    return keys.slice(0, this.axes).map((key, axis) => (axis === 0 ? first : params.int(key, first)))
  }
}

export function isKernel(type: string): boolean {
  return /^(Conv|Deconv)olution(DepthWise)?(1D|3D)?$/.test(type) || type === 'DeformableConv2D'
}
