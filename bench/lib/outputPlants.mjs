// What applications and converters do to outputs, done to a right one on purpose. Written from what the layouts and
// types are, not from how src/diagnose undoes them. Each plant is { name, wanted, make }: the causes that must be
// named, the first of them first, and the candidate that comes out.
import { Tensor } from 'twinfer'

const count = (shape) => shape.reduce((a, b) => a * b, 1)
const float = (values, shape) => new Tensor(Float32Array.from(values), shape)
/** [outer, channels, inner] of a shape whose channels are its second dimension, or its only one. */
function channelled(shape) {
  const axis = shape.length < 2 ? 0 : 1
  return [count(shape.slice(0, axis)), shape[axis], count(shape.slice(axis + 1))]
}

function packed(values, shape, block, filler) {
  const [outer, channels, inner] = channelled(shape)
  const blocks = Math.ceil(channels / block)
  const memory = new Float32Array(outer * blocks * inner * block).fill(filler)
  for (let o = 0; o < outer; o++)
    for (let c = 0; c < channels; c++)
      for (let s = 0; s < inner; s++)
        memory[((o * blocks + Math.floor(c / block)) * inner + s) * block + (c % block)] =
          values[(o * channels + c) * inner + s]
  return memory
}

function withCstep(values, shape, multiple) {
  const [outer, channels, inner] = channelled(shape)
  const step = Math.ceil(inner / multiple) * multiple
  const memory = new Float32Array(outer * channels * step)
  for (let c = 0; c < outer * channels; c++) memory.set(values.subarray(c * inner, (c + 1) * inner), c * step)
  return memory
}

/** The elements of [d0, d1, …] in the order of the dimensions `order`. */
function permuted(values, shape, order) {
  const strides = shape.map((_, axis) => count(shape.slice(axis + 1)))
  const sizes = order.map((axis) => shape[axis])
  return Float32Array.from(values, (_, i) => {
    let [rest, at] = [i, 0]
    for (let k = sizes.length - 1; k >= 0; k--) {
      at += (rest % sizes[k]) * strides[order[k]]
      rest = Math.floor(rest / sizes[k])
    }
    return values[at]
  })
}

function encode(values, dtype) {
  const word = new DataView(new ArrayBuffer(4))
  return Uint16Array.from(values, (value) => {
    word.setFloat32(0, value)
    const bits = word.getUint32(0)
    if (dtype === 'bfloat16') return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
    // Through a Float16Array where there is one; by hand where there is not.
    const sign = (bits >>> 16) & 0x8000
    const size = Math.abs(value)
    if (size >= 65520) return sign | 0x7c00
    if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24)
    const exponent = Math.floor(Math.log2(size))
    const fraction = Math.round((size / 2 ** exponent - 1) * 1024)
    return sign | (((exponent + 15) << 10) + fraction)
  })
}

function groups(values, shape, axis, step) {
  const [size, inner] = [shape[axis], count(shape.slice(axis + 1))]
  const result = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += size * inner)
    for (let i = 0; i < inner; i++) {
      const group = Array.from({ length: size }, (_, c) => values[start + c * inner + i])
      for (const [c, value] of step(group).entries()) result[start + c * inner + i] = value
    }
  return result
}

export const last = {
  softmax: (group) => {
    const most = Math.max(...group)
    const powers = group.map((value) => Math.exp(value - most))
    const sum = powers.reduce((a, b) => a + b, 0)
    return powers.map((power) => power / sum)
  },
  'log-softmax': (group) => last.softmax(group).map(Math.log),
  'L2 normalisation': (group) => {
    const norm = Math.hypot(...group)
    return group.map((value) => value / norm)
  },
  sigmoid: (group) => group.map((value) => 1 / (1 + Math.exp(-value))),
  tanh: (group) => group.map(Math.tanh),
  exp: (group) => group.map(Math.exp),
  log: (group) => group.map(Math.log),
}

export function withStep(tensor, name, axis) {
  return float(groups(tensor.data, tensor.shape, axis, last[name]), tensor.shape)
}

/**
 * @param pick a random number in [0, 1)
 * @param candidate the right output, float32
 * @param first the first sample's, which scales and offsets are of
 */
export function plantsFor(candidate, pick, { data: first } = candidate) {
  const { data: values, shape } = candidate
  const moving = [...shape.keys()].filter((axis) => shape[axis] > 1)
  const classAxis = shape.length < 2 ? 0 : 1
  const [, channels, inner] = channelled(shape)
  const plants = []
  const add = (name, wanted, make) => plants.push({ name, wanted, make })
  const cut = (memory) => float(memory.subarray(0, values.length), shape)
  const whole = (memory) => float(memory, [memory.length])
  const L = ['LAYOUT_MISREAD']
  const D = ['DTYPE_MISREAD']
  const S = ['SCALE_OFFSET_MISSING']

  if (moving.length > 1) {
    const orders = [...shape.keys()].map((axis) => axis)
    const shuffle = () => {
      const order = orders.slice()
      const a = moving[Math.floor(pick() * (moving.length - 1))]
      const b = moving[moving.indexOf(a) + 1 + Math.floor(pick() * (moving.length - moving.indexOf(a) - 1))]
      ;[order[a], order[b]] = [order[b], order[a]]
      return order
    }
    for (let i = 0; i < 2; i++) {
      const order = shuffle()
      add(`memory in order ${order}`, L, () => cut(permuted(values, shape, order)))
      add(`shape in order ${order}`, L, () =>
        float(
          permuted(values, shape, order),
          order.map((axis) => shape[axis]),
        ),
      )
    }
    if (moving.length > 2) {
      const last2 = [0, 2, 3, 1].slice(0, shape.length)
      if (shape.length === 4) add('NHWC', L, () => cut(permuted(values, shape, last2)))
      if (shape.length === 4)
        add('NCHW taken for NHWC', L, () => {
          // The reader thinks [H, W, C] and turns it into [C, H, W].
          const [, c, h, w] = shape
          return cut(permuted(values, [1, h, w, c], [0, 3, 1, 2]))
        })
    }
  }
  for (const block of [4, 8, 16]) {
    if (inner > 1 && channels > 1) add(`C${block} cut`, L, () => cut(packed(values, shape, block, 0)))
    if (channels % block !== 0 || inner > 1)
      add(`C${block} whole`, L, () => whole(packed(values, shape, block, pick() < 0.5 ? 0 : 7.5)))
  }
  for (const multiple of [4, 8]) {
    if (inner % multiple === 0 || channels < 2) continue
    const left = inner / (Math.ceil(inner / multiple) * multiple)
    if (left > 0.5) add(`cstep ${multiple} cut`, L, () => cut(withCstep(values, shape, multiple)))
    add(`cstep ${multiple} whole`, L, () => whole(withCstep(values, shape, multiple)))
  }
  add('one element late', L, () => cut(Float32Array.from([...values.subarray(1), 0])))

  add('fp16 as bfloat16', D, () => new Tensor(encode(values, 'float16'), shape, { dtype: 'bfloat16' }))
  add('bf16 as fp16', D, () => new Tensor(encode(values, 'bfloat16'), shape, { dtype: 'float16' }))
  add('fp16 as uint16', D, () => new Tensor(encode(values, 'float16'), shape))
  add('fp16 as numbers of uint16', D, () => float(encode(values, 'float16'), shape))
  add('fp16 as float32', D, () => {
    const bytes = new Uint16Array(values.length * 2)
    bytes.set(encode(values, 'float16'))
    for (let i = values.length; i < bytes.length; i++) bytes[i] = pick() * 65536
    return new Tensor(new Float32Array(bytes.buffer), shape)
  })
  add('fp16 as half as many float32', D, () => {
    const bytes = new Uint16Array(2 * Math.ceil(values.length / 2))
    bytes.set(encode(values, 'float16'))
    return new Tensor(new Float32Array(bytes.buffer), [bytes.length / 2])
  })
  const words = () => Float32Array.from(values)
  if (values.length > 3) {
    add(
      'float32 as float16',
      D,
      () => new Tensor(new Uint16Array(words().buffer, 0, values.length), shape, { dtype: 'float16' }),
    )
    add('float32 as float64', D, () => {
      const padded = new Float32Array(2 * values.length).map(() => pick())
      padded.set(values)
      return new Tensor(new Float64Array(padded.buffer), shape)
    })
    add(
      'float32 as uint8',
      D,
      () => new Tensor(new Uint8Array(words().buffer, 0, values.length * 4), [4 * values.length]),
    )
  }
  add('float32 as int32', D, () => new Tensor(new Int32Array(words().buffer), shape))
  add('float32 as int32 as numbers', D, () => float(new Int32Array(words().buffer), shape))
  if (values.length >= 64) {
    const most = Math.max(...first.map(Math.abs))
    const scale = most / 127
    const quantised = Int8Array.from(values, (value) =>
      Math.max(-128, Math.min(127, Math.round(value / scale))),
    )
    if (quantised.some((value) => value < 0)) {
      add('int8 as uint8', D, () => new Tensor(new Uint8Array(quantised.buffer), shape))
      add('int8 as uint8, scaled', D, () =>
        float(
          Array.from(new Uint8Array(quantised.buffer), (value) => value * scale),
          shape,
        ),
      )
    }
    add('int8 without its scale', S, () => new Tensor(quantised, shape))
    const least = Math.min(...first)
    const step = (Math.max(...first) - least) / 255
    add(
      'uint8 without scale and zero',
      S,
      () =>
        new Tensor(
          Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round((value - least) / step)))),
          shape,
        ),
    )
  }

  const slope = 10 ** (pick() * 4 - 2) * (pick() < 0.2 ? -1 : 1)
  const spread = Math.sqrt(first.reduce((sum, value) => sum + value * value, 0) / first.length)
  const offset = (pick() * 4 - 2) * spread
  add(`x ${slope.toPrecision(3)}`, S, () =>
    float(
      values.map((value) => value * slope),
      shape,
    ),
  )
  add('x 255', S, () =>
    float(
      values.map((value) => value * 255),
      shape,
    ),
  )
  add('/ 255', S, () =>
    float(
      values.map((value) => value / 255),
      shape,
    ),
  )
  add('offset', S, () =>
    float(
      values.map((value) => value + offset),
      shape,
    ),
  )
  add('scale and offset', S, () =>
    float(
      values.map((value) => value * slope + offset),
      shape,
    ),
  )
  if (channels > 1 && inner >= 16) {
    const scales = Array.from({ length: channels }, () => 0.5 + 2 * pick())
    const offsets = Array.from({ length: channels }, () => (pick() - 0.5) * spread)
    add('scale of each channel', S, () =>
      float(
        values.map((value, i) => {
          const c = Math.floor(i / inner) % channels
          return value * scales[c] + offsets[c]
        }),
        shape,
      ),
    )
  }
  for (const name of ['softmax', 'log-softmax']) {
    if (channels > 1) add(`${name} too many`, S, () => withStep(candidate, name, classAxis))
  }
  add('sigmoid too many', S, () => withStep(candidate, 'sigmoid', classAxis))
  add('tanh too many', S, () => withStep(candidate, 'tanh', classAxis))
  if (Math.max(...values) < 60) add('exp too many', S, () => withStep(candidate, 'exp', classAxis))
  if (values.every((value) => value > 1e-20))
    add('log too many', S, () => withStep(candidate, 'log', classAxis))
  if (channels > 1)
    add('L2 normalisation too many', S, () => withStep(candidate, 'L2 normalisation', classAxis))

  const pairs = []
  if (channels > 1 && inner > 1) {
    pairs.push({
      name: 'C8 of fp16 as float32',
      wanted: ['LAYOUT_MISREAD', 'DTYPE_MISREAD'],
      make: () => {
        const bits = encode(packed(values, shape, 8, 0), 'float16')
        const bytes = new Uint16Array(Math.max(2 * values.length, bits.length))
        bytes.set(bits)
        return new Tensor(new Float32Array(bytes.buffer, 0, values.length), shape)
      },
    })
    pairs.push({
      name: 'C4 and scale',
      wanted: ['LAYOUT_MISREAD', 'SCALE_OFFSET_MISSING'],
      make: () => cut(packed(values, shape, 4, 0).map((value) => value * slope + offset)),
    })
    pairs.push({
      name: 'NHWC and softmax too many',
      wanted: ['LAYOUT_MISREAD', 'SCALE_OFFSET_MISSING'],
      make: () => {
        const order = [...shape.keys()].filter((axis) => axis !== 1)
        return cut(permuted(withStep(candidate, 'softmax', 1).data, shape, [...order, 1]))
      },
    })
  }
  return { single: plants, pairs }
}

/** What is none of these: other values, noise, damage. Nothing may be named. */
export function strangersFor(candidate, others, pick) {
  const { data: values, shape } = candidate
  const spread = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
  const normal = () => Math.sqrt(-2 * Math.log(1 - pick())) * Math.cos(2 * Math.PI * pick())
  const [, channels, inner] = channelled(shape)
  const strangers = []
  const add = (name, make) => strangers.push({ name, wanted: [], make })
  for (const db of [5, 15, 25])
    add(`noise at ${db} dB`, () =>
      float(
        values.map((value) => value + spread * 10 ** (-db / 20) * normal()),
        shape,
      ),
    )
  for (const [i, other] of others.entries())
    add(`another input's output ${i}`, () => float(other.data, shape))
  for (const [i, other] of others.entries())
    add(`half of another's ${i}`, () =>
      float(
        values.map((value, at) => 0.7 * value + 0.7 * other.data[at]),
        shape,
      ),
    )
  add('only random', () =>
    float(
      values.map(() => spread * normal()),
      shape,
    ),
  )
  add('no negative ones', () =>
    float(
      values.map((value) => Math.max(0, value)),
      shape,
    ),
  )
  add('clipped', () =>
    float(
      values.map((value) => Math.min(value, spread)),
      shape,
    ),
  )
  add('shuffled', () => {
    const order = Array.from(values, () => pick())
    return float(
      [...values].sort((a, b) => order[values.indexOf(a)] - order[values.indexOf(b)]),
      shape,
    )
  })
  if (channels > 2 && inner > 4)
    add('half of the channels dead', () =>
      float(
        values.map((value, i) => ((Math.floor(i / inner) % channels) % 2 ? value : 0)),
        shape,
      ),
    )
  if (inner > 16)
    add('mirrored', () => {
      const width = shape.at(-1)
      return float(
        values.map((_, i) => values[i - (i % width) + (width - 1 - (i % width))]),
        shape,
      )
    })
  add('zeros', () =>
    float(
      values.map(() => 0),
      shape,
    ),
  )
  return strangers
}
