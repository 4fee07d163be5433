import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import type { MnnOperator } from './MnnModel.js'
import type { MnnWeights } from './MnnTensor.js'
import { parameterKind, slots } from './mnnSlots.js'
import { TensorCollector } from './TensorCollector.js'

/** IDSTQuan.type: how compressed weights are stored (ConvolutionCommon.cpp). */
export const quanType = { indexed: 1, sparse: 2, half: 3, int8: 4, external: 8 } as const

/** Where the weights of an operator are. Throws TWINFER_MODEL_INVALID where its tables lead out of the file. */
export function collectWeights(operator: MnnOperator): MnnWeights {
  const collector = new TensorCollector(operator)
  if (operator.main) collectors[operator.kind]?.(operator.main, collector, operator)
  return collector
}

type Collect = (main: FlatTable, collector: TensorCollector, operator: MnnOperator) => void

const collectors: Readonly<Record<number, Collect>> = {
  [parameterKind.Convolution2D]: collectConvolution,
  [parameterKind.Convolution3D](main, collector) {
    const common = main.table(slots.convolution3D.common, 'a convolution')
    const outputs = common?.int32(slots.common3D.outputs, 0, 'a convolution') ?? 1
    collector.floats(main, slots.convolution3D.weight, 'weight', outputs)
    collector.floats(main, slots.convolution3D.bias, 'bias')
  },
  [parameterKind.InnerProduct](main, collector) {
    const outputs = main.int32(slots.innerProduct.outputs, 0, 'an inner product')
    collector.floats(main, slots.innerProduct.weight, 'weight', outputs)
    collector.floats(main, slots.innerProduct.bias, 'bias')
    const quan = main.table(slots.innerProduct.quan, 'quantised weights')
    if (quan) collectQuantised(quan, outputs, collector)
  },
  [parameterKind.Blob]: (main, collector) => collector.blob(main, 'data'),
  [parameterKind.MatMul](main, collector) {
    collector.floats(main, slots.matMul.weight, 'weight')
    collector.floats(main, slots.matMul.bias, 'bias')
  },
  [parameterKind.Scale](main, collector) {
    collector.floats(main, slots.scale.scale, 'scale')
    collector.floats(main, slots.scale.bias, 'bias')
  },
  [parameterKind.BatchNorm](main, collector) {
    collector.floats(main, slots.batchNorm.slope, 'scale')
    collector.floats(main, slots.batchNorm.mean, 'data')
    collector.floats(main, slots.batchNorm.variance, 'data')
    collector.floats(main, slots.batchNorm.bias, 'bias')
  },
  [parameterKind.LayerNorm]: collectNorm,
  [parameterKind.GroupNorm]: collectNorm,
  [parameterKind.PRelu]: (main, collector) => collector.floats(main, slots.prelu.slope, 'data'),
  [parameterKind.LSTM](main, collector) {
    collector.blob(main.table(slots.lstm.weightI, 'LSTM weights'), 'weight')
    collector.blob(main.table(slots.lstm.weightH, 'LSTM weights'), 'weight')
    collector.blob(main.table(slots.lstm.bias, 'LSTM biases'), 'bias')
  },
  [parameterKind.RNNParam](main, collector) {
    // Forward and backward: gate weight and bias, candidate weight and bias, recurrent bias.
    for (let field = 0; field < 10; field++)
      collector.blob(
        main.table(12 + 2 * field, 'RNN weights'),
        [0, 2].includes(field % 5) ? 'weight' : 'bias',
      )
  },
}

function collectNorm(main: FlatTable, collector: TensorCollector): void {
  collector.floats(main, slots.norm.gamma, 'scale')
  collector.floats(main, slots.norm.beta, 'bias')
}

function collectConvolution(main: FlatTable, collector: TensorCollector): void {
  const { convolution, common, symmetric } = slots
  const outputs = main.table(convolution.common, 'a convolution')?.int32(common.outputs, 0, 'channels') ?? 1
  const quan = main.table(convolution.quan, 'quantised weights')
  const external = main.longs(convolution.external, 'external weights')
  if (external.length >= 3) {
    collectExternal(external, quan, outputs, collector)
    return
  }
  collector.floats(main, convolution.weight, 'weight', outputs)
  collector.floats(main, convolution.bias, 'bias')
  if (quan) collectQuantised(quan, outputs, collector)
  const int8 = main.table(convolution.symmetric, 'int8 weights')
  if (!int8) return
  collector.vector(int8, symmetric.weight, 'int8', 'weight', outputs)
  collector.floats(int8, symmetric.scale, 'scale')
}

function collectQuantised(quan: FlatTable, outputs: number, collector: TensorCollector): void {
  const type = quan.int32(slots.quan.type, 0, 'quantised weights')
  if (type === quanType.half) {
    collector.halves(quan, slots.quan.buffer, 'fp16', 'weight', outputs)
    return
  }
  collector.pack(quan, outputs)
  collector.floats(quan, slots.quan.alpha, 'scale')
}

/** [offset, bytes of weights, bytes of scales or biases, …]: one behind the other from the offset on. */
function collectExternal(
  [offset = 0, weights = 0, next = 0]: readonly number[],
  quan: FlatTable | undefined,
  outputs: number,
  collector: TensorCollector,
): void {
  const type = quan?.int32(slots.quan.type, 0, 'quantised weights')
  if (type === undefined || type === quanType.external)
    collector.external('fp32', 'weight', outputs, offset, weights)
  else if (type === quanType.half) collector.external('fp16', 'weight', outputs, offset, weights)
  else collector.pack(quan!, outputs)
  const half = quan?.uint8(slots.quan.scaleStorage, 0, 'quantised weights') === 1
  if (!half) collector.external('fp32', quan ? 'scale' : 'bias', 1, offset + weights, next)
}
