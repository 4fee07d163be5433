// One fault planted into a copy of a converted model. Each returns what it changed, or undefined where the model has
// nothing to change; the cause that has to be named stands beside it.
import { ByteBuffer } from 'flatbuffers'

const pick = (random, list) => list[Math.floor(random() * list.length)]
const gaussian = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** The weights of a file with more than a few values, by place. */
const blocksOf = (file, least = 64) =>
  file.blocks.filter(({ role, count }) => role === 'weight' && count >= least)
const bytesOf = { fp32: 4, fp16: 2 }
const writers = {
  fp32: (bytes, at, value) => bytes.writeFloatLE(value, at),
  fp16: (bytes, at, value) => bytes.writeUInt16LE(toHalf(value), at),
}
const readers = {
  fp32: (bytes, at) => bytes.readFloatLE(at),
  fp16: (bytes, at) => fromHalf(bytes.readUInt16LE(at)),
}
function values(file, { offset, count, storage }) {
  return Float32Array.from({ length: count }, (_, i) =>
    readers[storage](file.bytes, offset + i * bytesOf[storage]),
  )
}
function store(file, { offset, storage }, list) {
  for (const [i, value] of list.entries()) writers[storage](file.bytes, offset + i * bytesOf[storage], value)
}

export const weightFaults = {
  'shift-layer': [
    'WEIGHTS_SHIFTED',
    (file, random) => {
      const block = pick(random, blocksOf(file))
      const lag = pick(random, [1, 1, 2, -1, 3])
      const old = values(file, block)
      store(
        file,
        block,
        old.map((_, i) => old[i - lag] ?? (random() < 0.5 ? Number.NaN : 0)),
      )
      return { layer: block.name, lag }
    },
  ],
  'shift-file': [
    'WEIGHTS_SHIFTED',
    (file, random) => {
      if (file.engine === 'mnn') return undefined
      const block = pick(random, blocksOf(file).slice(0, -1))
      const lost = random() < 0.5
      const at = block.offset + Math.floor(random() * 4) * bytesOf[block.storage]
      file.bytes = lost
        ? Buffer.concat([file.bytes.subarray(0, at), file.bytes.subarray(at + 4)])
        : Buffer.concat([
            file.bytes.subarray(0, at),
            Buffer.from([0, 0, 0xc0, 0x7f]),
            file.bytes.subarray(at),
          ])
      return { layer: block.name, lost }
    },
  ],
  truncate: [
    'WEIGHTS_TRUNCATED',
    (file, random) => {
      const bytes = pick(random, [1, 3, 64, Math.floor(file.bytes.length / 2), file.bytes.length - 5])
      file.bytes = file.bytes.subarray(0, file.bytes.length - bytes)
      return { bytes }
    },
  ],
  nan: [
    'WEIGHTS_NOT_FINITE',
    (file, random) => {
      const block = pick(random, blocksOf(file))
      const old = values(file, block)
      for (let n = pick(random, [1, 1, 5]); n > 0; n--)
        old[Math.floor(random() * old.length)] = pick(random, [Number.NaN, Infinity, -Infinity])
      store(file, block, old)
      return { layer: block.name }
    },
  ],
  'other-model': [
    'WEIGHTS_OTHER_MODEL',
    (file, random) => {
      for (const block of blocksOf(file, 2)) {
        const old = values(file, block)
        const rms = Math.sqrt(old.reduce((sum, value) => sum + value * value, 0) / old.length)
        store(
          file,
          block,
          old.map(() => rms * gaussian(random)),
        )
      }
      return {}
    },
  ],
  'other-layer': [
    'WEIGHTS_OTHER_MODEL',
    (file, random) => {
      const block = pick(random, blocksOf(file))
      const old = values(file, block)
      store(
        file,
        block,
        old.map(() => 0.1 * gaussian(random)),
      )
      return { layer: block.name }
    },
  ],
  'zero-layer': [
    'WEIGHTS_DEAD_LAYER',
    (file, random) => {
      const block = pick(random, blocksOf(file))
      store(file, block, new Float32Array(block.count))
      return { layer: block.name }
    },
  ],
  'zero-channels': [
    'WEIGHTS_DEAD_LAYER',
    (file, random) => {
      const block = pick(
        random,
        blocksOf(file).filter(({ channels, count }) => channels >= 8 && channels < count),
      )
      if (!block) return undefined
      const old = values(file, block)
      const each = block.count / block.channels
      const first = Math.floor(random() * (block.channels / 2))
      old.fill(0, first * each, Math.floor(first + block.channels / 4) * each)
      store(file, block, old)
      return { layer: block.name }
    },
  ],
  scale: [
    'WEIGHTS_SCALED',
    (file, random) => {
      const block = pick(random, blocksOf(file))
      const factor = pick(random, [0.1, 0.5, 2, 10, 1 / 255, 255, 1.3, -1])
      store(
        file,
        block,
        values(file, block).map((value) => value * factor),
      )
      return { layer: block.name, factor }
    },
  ],
}

const changeLine = (file, find, change) => {
  const lines = file.param.split('\n')
  const found = lines.flatMap((line, at) => (find(line.split(/\s+/)) ? [at] : []))
  if (found.length === 0) return undefined
  const at = found[Math.floor(file.random() * found.length)]
  const words = lines[at].split(/\s+/)
  const changed = change(words)
  if (changed === undefined) return undefined
  lines[at] = changed.join(' ')
  file.param = lines.join('\n')
  return {
    layer: words[1],
    was: words.slice(4).join(' ').slice(0, 80),
    is: changed.slice(4).join(' ').slice(0, 80),
  }
}
const keyOf = (words, key) => words.find((word) => word.startsWith(`${key}=`))?.slice(`${key}=`.length)
const withKey = (words, key, value) => {
  const at = words.findIndex((word) => word.startsWith(`${key}=`))
  return at < 0 ? [...words, `${key}=${value}`] : words.with(at, `${key}=${value}`)
}
const isType =
  (...types) =>
  (words) =>
    types.includes(words[0])
const convolutions = ['Convolution', 'ConvolutionDepthWise', 'Convolution1D']

export const ncnnFaults = {
  pad: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => convolutions.includes(w[0]) && Number(keyOf(w, 4) ?? 0) > 0,
        (w) =>
          withKey(
            withKey(withKey(withKey(w, 4, 0), 14, 0), 15, 2 * Number(keyOf(w, 4))),
            16,
            2 * Number(keyOf(w, 4)),
          ),
      ),
  ],
  'pad-value': [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => convolutions.includes(w[0]) && Number(keyOf(w, 4) ?? 0) > 0,
        (w) => withKey(w, 18, '1.0'),
      ),
  ],
  stride: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => convolutions.includes(w[0]) && Number(keyOf(w, 1)) > 1 && (keyOf(w, 3) ?? '1') === '1',
        (w) => withKey(withKey(w, 3, 2), 13, 2),
      ),
  ],
  dilation: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => convolutions.includes(w[0]) && Number(keyOf(w, 1)) === 3 && Number(keyOf(w, 4) ?? 0) > 0,
        (w) => {
          const dilation = Number(keyOf(w, 2) ?? 1) + 1
          const pad = Number(keyOf(w, 4)) + 1
          return [
            [2, dilation],
            [12, dilation],
            [4, pad],
            [14, pad],
            [15, pad],
            [16, pad],
          ].reduce(
            (words, [key, value]) =>
              key === 2 || key === 4 || keyOf(words, key) !== undefined ? withKey(words, key, value) : words,
            w,
          )
        },
      ),
  ],
  activation: [
    'OP_SEMANTICS',
    (file, random) =>
      changeLine(
        file,
        (w) => [...convolutions, 'InnerProduct', 'Deconvolution'].includes(w[0]) && keyOf(w, 9) === '1',
        (w) => {
          const kind = pick(random, [0, 2, 3])
          if (kind === 0) return withKey(w, 9, 0)
          const parameters = kind === 2 ? '1,0.2' : '2,0.0,0.5'
          return [...withKey(w, 9, kind), `-23310=${parameters}`]
        },
      ),
  ],
  slope: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => keyOf(w, 9) === '2',
        (w) => w.map((word) => (word.startsWith('-23310=') ? '-23310=1,0.5' : word)),
      ),
  ],
  clip: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => keyOf(w, 9) === '3',
        (w) => w.map((word) => (word.startsWith('-23310=') ? '-23310=2,0.0,1.0' : word)),
      ),
  ],
  'pool-type': [
    'OP_SEMANTICS',
    (file) => changeLine(file, isType('Pooling'), (w) => withKey(w, 0, 1 - Number(keyOf(w, 0) ?? 0))),
  ],
  'pool-ceil': [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => w[0] === 'Pooling' && (keyOf(w, 4) ?? '0') === '0',
        (w) => withKey(w, 1, 3),
      ),
  ],
  'softmax-axis': [
    'OP_SEMANTICS',
    (file) =>
      changeLine(file, isType('Softmax'), (w) => withKey(w, 0, Number(keyOf(w, 0) ?? 0) === 0 ? 1 : 0)),
  ],
  'layernorm-eps': [
    'OP_SEMANTICS',
    (file, random) =>
      changeLine(file, isType('LayerNorm'), (w) => withKey(w, 1, pick(random, ['1e-2', '1e-1', '1e-3']))),
  ],
  'batchnorm-eps': [
    'OP_SEMANTICS',
    (file, random) =>
      changeLine(file, isType('BatchNorm'), (w) => withKey(w, 1, pick(random, ['1e-2', '1e-1']))),
  ],
  'resize-mode': [
    'OP_SEMANTICS',
    (file) => changeLine(file, isType('Interp'), (w) => withKey(w, 0, keyOf(w, 0) === '1' ? 2 : 1)),
  ],
  'align-corners': [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => w[0] === 'Interp' && keyOf(w, 0) === '2',
        (w) => withKey(w, 6, keyOf(w, 6) === '1' ? 0 : 1),
      ),
  ],
  binary: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(
        file,
        (w) => w[0] === 'BinaryOp',
        (w) => withKey(w, 0, { 0: 1, 1: 0, 2: 0, 3: 2 }[keyOf(w, 0) ?? 0] ?? 0),
      ),
  ],
  reduction: [
    'OP_SEMANTICS',
    (file) => changeLine(file, isType('Reduction'), (w) => withKey(w, 0, keyOf(w, 0) === '3' ? 4 : 3)),
  ],
  permute: [
    'OP_SEMANTICS',
    (file, random) =>
      changeLine(file, isType('Permute'), (w) =>
        withKey(w, 0, (Number(keyOf(w, 0) ?? 0) + 1 + Math.floor(random() * 4)) % 6),
      ),
  ],
  gelu: [
    'OP_SEMANTICS',
    (file) =>
      changeLine(file, isType('GELU', 'HardSwish', 'TanH'), (w) => [
        'ReLU',
        ...w.slice(1, 4 + Number(w[2]) + Number(w[3])),
      ]),
  ],
  'hard-sigmoid': [
    'OP_SEMANTICS',
    (file) => changeLine(file, isType('HardSigmoid'), (w) => withKey(w, 0, '0.3')),
  ],
  'concat-order': [
    'OP_SEMANTICS',
    (file) => changeLine(file, isType('Concat'), (w) => w.with(4, w[5]).with(5, w[4])),
  ],
  unknown: [
    'UNKNOWN_LAYER',
    (file, random) =>
      changeLine(
        file,
        (w) => w.length > 5 && w[0] !== 'Input',
        (w) => w.with(0, pick(random, ['pnnx.Expression', 'aten::roll', 'MyCustomOp', 'nn.Fold'])),
      ),
  ],
}

/** Fields of MNN's tables, by their places in its schema. */
function mnnOperators(bytes) {
  const buffer = new ByteBuffer(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  const fieldOf = (table, place) => {
    const vtable = table - buffer.readInt32(table)
    const at = 4 + 2 * place
    const offset = at < buffer.readInt16(vtable) ? buffer.readInt16(vtable + at) : 0
    return offset === 0 ? undefined : table + offset
  }
  const follow = (at) => (at === undefined ? undefined : at + buffer.readInt32(at))
  const net = buffer.readInt32(0)
  const list = follow(fieldOf(net, 3))
  return Array.from({ length: buffer.readInt32(list) }, (_, i) => {
    const table = follow(list + 4 + 4 * i)
    const type = fieldOf(table, 5)
    return {
      type: type === undefined ? 0 : buffer.readInt32(type),
      typeAt: type,
      main: follow(fieldOf(table, 2)),
      name: textAt(buffer, follow(fieldOf(table, 3))),
    }
  }).map((operator) => ({
    ...operator,
    field: (place, of = operator.main) => (of === undefined ? undefined : fieldOf(of, place)),
    follow,
  }))
}
const textAt = (buffer, at) =>
  at === undefined
    ? ''
    : Buffer.from(buffer.bytes().subarray(at + 4, at + 4 + buffer.readInt32(at))).toString()

const mnnType = {
  BinaryOp: 7,
  Convolution: 12,
  Depthwise: 13,
  Interp: 31,
  Pooling: 47,
  ReLU: 64,
  ReLU6: 65,
  Reduction: 68,
  Softmax: 85,
  Unary: 101,
  LayerNorm: 603,
}
const changeOperator = (types, find, write) => (file, random) => {
  const found = mnnOperators(file.bytes)
    .filter((operator) => types.includes(operator.type))
    .flatMap((operator) => {
      const at = find(operator)
      return at === undefined ? [] : [{ operator, at }]
    })
  const chosen = pick(random, found)
  if (!chosen) return undefined
  const was = write(file.bytes, chosen.at, random, chosen.operator)
  return was === undefined ? undefined : { layer: chosen.operator.name, ...was }
}
const setInt = (value) => (bytes, at, random) => {
  const was = bytes.readInt32LE(at)
  const is = value(was, random)
  if (is === undefined || is === was) return undefined
  bytes.writeInt32LE(is, at)
  return { was, is }
}
const setFloat = (value) => (bytes, at, random) => {
  const was = bytes.readFloatLE(at)
  bytes.writeFloatLE(value(was, random), at)
  return { was, is: bytes.readFloatLE(at) }
}
const setByte = (value) => (bytes, at) => {
  const was = bytes.readInt8(at)
  bytes.writeInt8(value(was), at)
  return { was, is: value(was) }
}
const convolution = [mnnType.Convolution, mnnType.Depthwise]
const common = (operator, place) => operator.field(place, operator.follow(operator.field(0)))

export const mnnFaults = {
  pads: [
    'OP_SEMANTICS',
    changeOperator(
      convolution,
      (operator) => operator.follow(common(operator, 14)),
      (bytes, at) => {
        // [top, left, bottom, right], moved to one corner
        if (bytes.readInt32LE(at) !== 4) return undefined
        const was = [0, 1, 2, 3].map((i) => bytes.readInt32LE(at + 4 + 4 * i))
        if (was[0] + was[2] === 0) return undefined
        const is = [0, 0, was[0] + was[2], was[1] + was[3]]
        if (is.join() === was.join()) {
          is[0] = is[2]
          is[1] = is[3]
          is[2] = 0
          is[3] = 0
        }
        for (const [i, value] of is.entries()) bytes.writeInt32LE(value, at + 4 + 4 * i)
        return { was, is }
      },
    ),
  ],
  relu: [
    'OP_SEMANTICS',
    changeOperator(
      convolution,
      (operator) => common(operator, 12),
      setByte((was) => 1 - was),
    ),
  ],
  'pool-type': [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.Pooling],
      (operator) => operator.field(7),
      setInt((was) => 1 - was),
    ),
  ],
  'softmax-axis': [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.Softmax],
      (operator) => operator.field(0),
      setInt((was) => (was === 1 ? 2 : 1)),
    ),
  ],
  'layernorm-eps': [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.LayerNorm],
      (operator) => operator.field(1),
      setFloat((_, random) => pick(random, [1e-2, 1e-1, 1e-3])),
    ),
  ],
  binary: [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.BinaryOp],
      (operator) => operator.field(0),
      setInt((was) => ({ 0: 2, 1: 0, 2: 0 })[was]),
    ),
  ],
  unary: [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.Unary],
      (operator) => operator.field(0),
      setInt((was) => (was === 4 ? 1 : 4)),
    ),
  ],
  resize: [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.Interp],
      (operator) => operator.field(4),
      setInt((was) => (was === 1 ? 2 : 1)),
    ),
  ],
  reduction: [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.Reduction],
      (operator) => operator.field(0),
      setByte((was) => (was === 3 ? 4 : 3)),
    ),
  ],
  slope: [
    'OP_SEMANTICS',
    changeOperator(
      [mnnType.ReLU],
      (operator) => operator.field(0),
      setFloat(() => 0.5),
    ),
  ],
  unknown: [
    'UNKNOWN_LAYER',
    changeOperator(
      Array.from({ length: 700 }, (_, i) => i).filter((type) => type !== 34 && type !== 11),
      (operator) => operator.typeAt,
      setInt(() => 4242),
    ),
  ],
  version: [
    'VERSION_SKEW',
    (file, random) => {
      const at = file.bytes.lastIndexOf('3.6.1')
      if (at < 0) return undefined
      const is = pick(random, ['3.7.0', '4.0.0', '9.1.2'])
      file.bytes.write(is, at)
      return { is }
    },
  ],
}

export function toHalf(value) {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24)
  const exponent = Math.floor(Math.log2(size))
  const rounded = Math.round((size / 2 ** exponent - 1) * 1024)
  return sign | (((exponent + 15) << 10) + rounded)
}

export function fromHalf(bits) {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}
