import { mutateNcnn } from '../../bench/lib/mutations.mjs'

/**
 * One mutation of a .param's text with its .bin: up to four single changes, an end that is missing, a layer of any type
 * behind what is there, or lines and weights of another model.
 */
export function stormOfNcnn(own, other, next) {
  const kind = next()
  if (kind < 0.6) return changes(own, next)
  if (kind < 0.68) return truncated(own, next)
  if (kind < 0.84) return inserted(own, next)
  return crossed(own, other, next)
}

function changes(own, next) {
  const times = next() < 0.7 ? 1 : 2 + Math.floor(next() * 3)
  const said = []
  let { param, bin } = own
  for (let i = 0; i < times && param.trimEnd().split('\n').length > 2; i++) {
    const changed = mutateNcnn({ param, bin }, next)
    said.push(changed.what)
    param = changed.param
    bin = changed.bin
  }
  return { what: said.join('; '), param, bin }
}

function truncated({ param, bin }, next) {
  if (next() < 0.5) {
    const at = Math.floor(next() * bin.length)
    return { what: `weights cut at ${at}`, param, bin: bin.subarray(0, at) }
  }
  const at = Math.floor(next() * param.length)
  // Where the last line is whole, only the counts say that others are missing; sometimes these agree, too.
  const atLine = next() < 0.5 ? param.lastIndexOf('\n', at) + 1 : at
  const left = param.slice(0, atLine)
  const counted = next() < 0.5 ? left : recounted(left.trimEnd().split('\n'), 0)
  return {
    what: `.param cut at ${atLine}${counted === left ? '' : ', counts of layers set'}`,
    param: counted,
    bin,
  }
}

// Those with weights are told apart: what their sizes say has to agree with them.
const plainTypes =
  'BNLL BinaryOp CELU Cast Clip Concat CopyTo Crop CumulativeSum Deconvolution DeepCopy Dequantize Diag Dropout ELU Einsum Eltwise Erf Exp ExpandDims Flatten Flip Fold GELU GLU Gemm GridSample GroupNorm HardSigmoid InstanceNorm Interp InverseSpectrogram LRN LayerNorm Log MVN MatMul Mish MultiHeadAttention Noop Normalize PSROIPooling Packing Padding Permute PixelShuffle Pooling Pooling1D Pooling3D Power PriorBox Proposal Quantize RMSNorm ROIAlign ROIPooling ReLU Reduction Reorg Requantize Reshape RotaryEmbed SDPA SELU ShuffleChannel Shrink Sigmoid Slice Softmax Softplus Spectrogram Split Squeeze StatisticsPooling Swish Threshold Tile UnaryOp Unfold YoloDetectionOutput Yolov3DetectionOutput'.split(
    ' ',
  )
const weightedTypes = 'Bias BatchNorm PReLU Scale Convolution ConvolutionDepthWise InnerProduct'.split(' ')
const takesMany =
  /^(BinaryOp|Concat|CopyTo|Crop|Einsum|Eltwise|Gemm|GridSample|Interp|MatMul|MultiHead.*|Noop|P[RS].*|ROI.*|Reshape|RotaryEmbed|SDPA|Yolov3.*)$/
const sizeExpressions = [
  '"0w,0h"',
  '"-1"',
  '"0"',
  '"*(0w,2)"',
  '"1,2"',
  '"//(0w,0)"',
  '"0c,0h,0w"',
  '"+(0w,1)"',
]

/** A layer of any type between a blob and who reads it, with numbers that it may well have; more inputs, and a mask. */
function inserted(own, next) {
  const below = (count) => Math.floor(next() * count)
  const pick = (list) => list[below(list.length)]
  const lines = own.param.trimEnd().split('\n')
  const readers = lines.flatMap((line, i) => (i > 1 && Number(wordsOf(line)[2]) > 0 ? [i] : []))
  if (readers.length === 0) return truncated(own, next)
  const at = pick(readers)
  const reader = wordsOf(lines[at])
  const blob = 4 + below(Number(reader[2]))
  const earlier = lines.slice(2, at).flatMap((line) => {
    const words = wordsOf(line)
    return words.slice(4 + Number(words[2]), 4 + Number(words[2]) + Number(words[3]))
  })
  const weighted = next() < 0.1
  const type = pick(weighted ? weightedTypes : plainTypes)
  const more = takesMany.test(type) ? 0.5 : 0.04
  const bottoms = [reader[blob]]
  while (earlier.length > 0 && bottoms.length < 6 && next() < more)
    bottoms.push(pick([...earlier, reader[blob]]))
  const number = () => pick([0, 1, 1, 2, 2, 3, 4, 5, 8, -1, -2, -233, 16, 64])
  const parameters = new Map()
  for (let i = below(6); i > 0; i--) {
    const id = below(weighted ? 12 : 22)
    const list = () => Array.from({ length: 1 + below(4) }, number)
    const kind = next()
    if (kind < 0.75) parameters.set(id, `${id}=${next() < 0.1 ? next().toFixed(3) : number()}`)
    else if (kind < 0.92)
      parameters.set(id, ((values) => `-${23300 + id}=${values.length},${values}`)(list()))
    else parameters.set(id, `${id}=${pick(sizeExpressions)}`)
  }
  if (type === 'Reduction') parameters.set(5, '5=1') // or only old files would have any axes
  if (next() < 0.3) parameters.set(31, `31=${below(256)}`)
  const tops = Array.from({ length: next() < 0.85 ? 1 : 2 + below(2) }, (_, i) => `storm${i}`)
  const counts = [bottoms.length, tops.length]
  const words = [type, 'storm', ...counts, ...bottoms, ...tops, ...parameters.values()]
  reader[blob] = pick(tops)
  lines.splice(at, 1, words.join(' '), reader.join(' '))
  const bin = weighted ? Buffer.concat([own.bin, own.bin]) : own.bin
  return { what: `'${words.join(' ')}' before line ${at + 1}`, param: recounted(lines, tops.length), bin }
}

function crossed(own, other, next) {
  const lines = own.param.trimEnd().split('\n')
  const others = other.param.trimEnd().split('\n').slice(2)
  const count = 1 + Math.floor(next() * 6)
  const from = Math.floor(next() * others.length)
  const at = 2 + Math.floor(next() * (lines.length - 2))
  const kind = next()
  if (kind < 0.35) {
    const layers = others.filter((line) => isLike(line, lines[at]))
    if (layers.length > 0) {
      const layer = layers[Math.floor(next() * layers.length)]
      lines[at] = grafted(lines[at], layer)
      const said = `line ${at + 1} as '${wordsOf(layer)[1]}' of ${other.name}`
      return { what: said, param: `${lines.join('\n')}\n`, bin: own.bin }
    }
  }
  if (kind < 0.6) {
    const chain = others.slice(from).filter((line) => isLike(line, 'A layer 1 1'))
    lines.splice(at, 1, ...chained(chain.slice(0, count), lines[at]))
    // Enough for whatever weights these layers have, though not theirs.
    const bin = next() < 0.5 ? own.bin : Buffer.concat([own.bin, other.bin])
    const said = `${count} layers of ${other.name} from line ${from + 3} on linked before line ${at + 1}`
    return { what: said, param: recounted(lines, count), bin }
  }
  if (kind < 0.75) {
    const taken = others.slice(from, from + count)
    const gone = next() < 0.5 ? 0 : taken.length
    lines.splice(at, gone, ...taken)
    const places = `lines ${from + 3} to ${from + 2 + taken.length} of ${other.name}`
    const said = `${places} ${gone ? 'over' : 'before'} line ${at + 1}`
    return { what: said, param: recounted(lines, count), bin: own.bin }
  }
  if (kind < 0.85) return { what: `weights of ${other.name}`, param: own.param, bin: other.bin }
  const [start, end] = [next(), next()]
    .map((part) => Math.floor(part * other.bin.length))
    .sort((a, b) => a - b)
  const bin = Buffer.from(own.bin)
  const place = Math.floor(next() * bin.length)
  other.bin.copy(bin, place, start, end)
  return { what: `weights ${start} to ${end} of ${other.name} at ${place}`, param: own.param, bin }
}

const wordsOf = (line) => line.trim().split(/\s+/)

/** Whether two layers have as many inputs and outputs as each other. */
function isLike(line, other) {
  const [words, others] = [line, other].map(wordsOf)
  return words[2] === others[2] && words[3] === others[3]
}

/** A layer with its name and blobs, of another layer's type and parameters. */
function grafted(line, other) {
  const [words, others] = [line, other].map(wordsOf)
  const head = 4 + Number(words[2]) + Number(words[3])
  return [others[0], ...words.slice(1, head), ...others.slice(head)].join(' ')
}

/** Layers with one input and one output one behind the other, and then the one whose first input they are to change. */
function chained(layers, line) {
  const words = wordsOf(line)
  if (Number(words[2]) === 0) return [line]
  const chain = layers.map((layer, i) => {
    const [type, name, , , , , ...parameters] = wordsOf(layer)
    const blobs = [i === 0 ? words[4] : `storm${i - 1}`, `storm${i}`]
    return [type, `storm_${name}`, 1, 1, ...blobs, ...parameters].join(' ')
  })
  if (chain.length > 0) words[4] = `storm${chain.length - 1}`
  return [...chain, words.join(' ')]
}

/** The text of lines whose second says how many layers there are, and how many blobs: so many more. */
function recounted(lines, blobs) {
  if (lines.length > 1) {
    const [, before = 0] = lines[1].trim().split(/\s+/)
    lines[1] = `${lines.length - 2} ${Number(before) + blobs}`
  }
  return `${lines.join('\n')}\n`
}
