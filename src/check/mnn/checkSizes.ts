import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import { inputFields } from '../../inspect/mnn/mnnFields.js'
import type { FindingList } from '../FindingList.js'
import type { MnnOperator } from './MnnModel.js'
import type { MnnWeights } from './MnnTensor.js'
import { parameterKind, slots } from './mnnSlots.js'
import { operatorNoun } from './operatorNoun.js'
import { packedCount } from './packedCount.js'

/** MNN's tensors have room for this many dimensions, and it does not check (MNN_MAX_TENSOR_DIM). */
const mostDims = 8
const largestInt = 2 ** 31 - 1

/** Whether the sizes that an operator states are possible, and whether its weights are as many. */
export function checkSizes(operator: MnnOperator, weights: MnnWeights, findings: FindingList): void {
  const { main, kind } = operator
  if (!main) return
  const report = (expected: string, received: unknown, code: 'weight-size' | 'parameters' = 'weight-size') =>
    findings.error(code, `${operatorNoun(operator)}: expected ${expected}, received ${received}`, {
      layer: operator.name,
      help: 'MNN would read past what is there: convert the model again.',
    })
  if (kind === parameterKind.Input) checkDims(main.ints(inputFields.dims, operator.name), -1, report)
  if (kind === parameterKind.Blob) checkBlob(main, weights, report)
  if (kind === parameterKind.Convolution2D) checkConvolution(operator, main, weights, report)
  const lengths = perChannel[kind]
  if (!lengths) return
  const channels = main.int32(lengths.count, 0, operator.name)
  for (const slot of lengths.values) {
    const count = main.vector(slot, 4, operator.name)?.count
    if (count !== undefined && count < channels) report(`${channels} values, one for each channel`, count)
  }
}

type Report = (expected: string, received: unknown, code?: 'weight-size' | 'parameters') => void

const { scale, batchNorm, prelu, innerProduct } = slots
const perChannel: Readonly<Record<number, { count: number; values: readonly number[] }>> = {
  [parameterKind.Scale]: { count: scale.channels, values: [scale.scale, scale.bias] },
  [parameterKind.BatchNorm]: {
    count: batchNorm.channels,
    values: [batchNorm.slope, batchNorm.mean, batchNorm.variance, batchNorm.bias],
  },
  [parameterKind.PRelu]: { count: prelu.count, values: [prelu.slope] },
  [parameterKind.InnerProduct]: { count: innerProduct.outputs, values: [innerProduct.bias] },
}

/** The number of elements; NaN where the dimensions are impossible. */
function checkDims(dims: readonly number[], least: number, report: Report): number {
  if (dims.length > mostDims) {
    report(`at most ${mostDims} dimensions`, dims.length, 'parameters')
    return Number.NaN
  }
  const elements = dims.filter((size) => size > 0).reduce((a, b) => a * b, 1)
  if (dims.some((size) => size < least) || elements * 4 > largestInt) {
    report(`dimensions from ${least} on, of less than 2 GiB`, dims.join(' x '), 'parameters')
    return Number.NaN
  }
  return dims.includes(0) ? 0 : elements
}

function checkBlob(blob: FlatTable, { tensors }: MnnWeights, report: Report): void {
  const elements = checkDims(blob.ints(slots.blob.dims, 'a constant'), 0, report)
  const [tensor] = tensors
  if (tensor && tensor.count < elements) report(`${elements} values of data`, tensor.count)
}

function checkConvolution(
  operator: MnnOperator,
  main: FlatTable,
  { tensors, packed }: MnnWeights,
  report: Report,
): void {
  const common = main.table(slots.convolution.common, operator.name)
  if (!common) {
    report('a description of the convolution', 'none', 'parameters')
    return
  }
  const int = (slot: number, otherwise: number) => common.int32(slot, otherwise, operator.name)
  const { strideX, strideY, dilateX, dilateY, kernelX, kernelY } = slots.common
  const steps = [strideX, strideY, dilateX, dilateY].map((slot) => int(slot, 1))
  if (steps.some((step) => step < 1))
    report('strides and dilations of 1 or more', steps.join(', '), 'parameters')
  if (operator.type === 'Im2Col' || operator.type === 'Col2Im') return
  const [outputs, inputs, group] = [
    int(slots.common.outputs, 0),
    int(slots.common.inputs, 0),
    Math.max(1, int(slots.common.group, 1)),
  ]
  const kernel = int(kernelX, 1) * int(kernelY, 1)
  if (outputs < 0 || inputs < 0 || kernel < 0 || kernel * outputs * Math.max(1, inputs) > largestInt) {
    report('channels and a kernel that fit an int', `${outputs} x ${inputs} x ${kernel}`, 'parameters')
    return
  }
  const biases = tensors.find(({ role }) => role === 'bias')?.count
  if (biases !== undefined && biases < outputs) report(`${outputs} biases`, biases)
  const isDepthwise = operator.type.toLowerCase().includes('depthwise')
  if (!isDepthwise && inputs === 0) return
  const weight = tensors.find(({ role }) => role === 'weight')
  const count = packed ? packedCount(packed.quan) : weight?.count
  if (count === undefined && operator.inputs.length > 1) return // they come as a second input
  // TensorFlow's converter writes the input channels of one group where ONNX's writes those of all.
  const wanted = isDepthwise ? kernel * outputs : (kernel * outputs * inputs) / group
  const alternative = isDepthwise ? wanted : kernel * outputs * inputs
  if (count === wanted || count === alternative || Number.isNaN(count)) return
  report(`${wanted} weights for ${inputs} to ${outputs} channels`, count ?? 'none')
}
