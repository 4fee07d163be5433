// An operator that computes something else than the original's: one number of a .param, or a flag of an .mnn, as converters
// and hand edits get it wrong. The bytes of the weights stay as they are.
import { readFileSync, writeFileSync } from 'node:fs'
import { operatorsOf } from './mnnFile.mjs'
import { readParam, writeParam } from './ncnnFile.mjs'

const is =
  (...types) =>
  ({ type }) =>
    types.includes(type)
const convolutions = is('Convolution', 'ConvolutionDepthWise', 'Convolution1D')

/** [name, which layers, what is changed in the numbers (Map of text)] */
const edits = [
  ['activation left out', (layer) => layer.numbers.get('9') === '1', (numbers) => numbers.set('9', '0')],
  [
    'slope of the leaky ReLU',
    (layer) => layer.numbers.get('9') === '2',
    (numbers) => numbers.set('-23310', '1,0.4'),
  ],
  [
    'ReLU6 cut at 1',
    (layer) => layer.numbers.get('9') === '3',
    (numbers) => numbers.set('-23310', '2,0.0,1.0'),
  ],
  [
    'padding on the other side',
    (layer) => convolutions(layer) && layer.numbers.get('4') === '0' && layer.numbers.get('15') === '1',
    (numbers) => numbers.set('4', '1').set('14', '1').set('15', '0').set('16', '0'),
  ],
  [
    'wider steps inside the kernel',
    (layer) =>
      convolutions(layer) &&
      layer.numbers.get('1') === '3' &&
      layer.numbers.get('4') === '1' &&
      layer.numbers.get('3') === '1',
    (numbers) => numbers.set('2', '2').set('12', '2').set('4', '2').set('14', '2'),
  ],
  [
    'mean for maximum',
    (layer) => layer.type === 'Pooling' && layer.numbers.get('0') === '0',
    (numbers) => numbers.set('0', '1'),
  ],
  [
    'sum for mean',
    (layer) => layer.type === 'Reduction' && layer.numbers.get('0') === '3',
    (numbers) => numbers.set('0', '0'),
  ],
  [
    'maximum for mean',
    (layer) => layer.type === 'Reduction' && layer.numbers.get('0') === '3',
    (numbers) => numbers.set('0', '4'),
  ],
  [
    'nearest for bilinear',
    (layer) => layer.type === 'Interp' && layer.numbers.get('0') === '2',
    (numbers) => numbers.set('0', '1'),
  ],
  [
    'aligned corners',
    (layer) => layer.type === 'Interp' && layer.numbers.get('0') === '2',
    (numbers) => numbers.set('6', '1'),
  ],
  [
    'softmax over another axis',
    is('Softmax'),
    (numbers) => numbers.set('0', numbers.get('0') === '2' ? '1' : '0'),
  ],
  [
    'attention not scaled',
    (layer) => layer.type === 'BinaryOp' && layer.numbers.get('0') === '2' && layer.numbers.get('1') === '1',
    (numbers) => numbers.set('2', '1.0'),
  ],
  [
    'difference for sum',
    (layer) => layer.type === 'BinaryOp' && layer.numbers.get('0') === '0' && layer.inputs.length === 2,
    (numbers) => numbers.set('0', '1'),
  ],
  ['epsilon of the normalisation', is('LayerNorm'), (numbers) => numbers.set('1', '5.000000e-1')],
  ['padded with another value', is('Padding'), (numbers) => numbers.set('5', '3.0')],
  ['slope of the hard sigmoid', is('HardSigmoid', 'HardSwish'), (numbers) => numbers.set('0', '0.3')],
]

export const operatorFaults = {
  ncnn({ draw, files }) {
    const param = readParam(files.param)
    const possible = edits.flatMap(([name, fits, change]) => {
      const layers = param.layers.filter(fits)
      return layers.length > 0 ? [{ name, layer: draw.pick(layers), change }] : []
    })
    const { name, layer, change } = draw.pick(possible)
    change(layer.numbers)
    writeParam(files.param, param)
    return `${name}: ${layer.name}`
  },
  mnn({ draw, files }) {
    const mnn = readFileSync(files.data)
    const possible = operatorsOf(mnn).filter(({ reluAt, relu6At }) => reluAt || relu6At)
    if (possible.length === 0) return null
    const { name, reluAt, relu6At } = draw.pick(possible)
    mnn[reluAt || relu6At] = 0
    writeFileSync(files.data, mnn)
    return `activation left out: ${name}`
  },
}

const strangers = [
  'aten::einsum',
  'GridSampleV2',
  'aten::roll',
  'F.fold',
  'DeformConv',
  'MyAttention',
  'pnnx.Expression',
  'Col2Im',
]

export const unknownLayers = {
  ncnn({ draw, files }) {
    const param = readParam(files.param)
    const layer = draw.pick(param.layers.filter(({ type }) => type !== 'Input' && type !== 'Split'))
    const was = layer.type
    layer.type = draw.pick(strangers)
    writeParam(files.param, param)
    return `${layer.name}: ${was} became ${layer.type}`
  },
  mnn({ draw, files }) {
    const mnn = readFileSync(files.data)
    const { name, typeAt } = draw.pick(
      operatorsOf(mnn).filter((operator) => operator.typeAt && operator.type !== 34),
    )
    const type = draw.int(700, 5000)
    mnn.writeInt32LE(type, typeAt)
    writeFileSync(files.data, mnn)
    return `${name}: type ${type}`
  },
}
