// ncnn's two files, read by the exam itself: where each tensor of the .bin lies, from the numbers of the .param.
import { readFileSync, writeFileSync } from 'node:fs'

const fp16Tag = 0x01306b47

/** Layers of a .param: { type, name, inputs, outputs, numbers: Map(key → text), line }. */
export function readParam(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const layers = lines.slice(2).map((text, i) => {
    const [type, name, ins, outs, ...rest] = text.trim().split(/\s+/)
    const blobs = rest.slice(0, Number(ins) + Number(outs))
    const numbers = new Map(rest.slice(blobs.length).map((word) => word.split('=')))
    const inputs = blobs.slice(0, Number(ins))
    return { type, name, inputs, outputs: blobs.slice(inputs.length), numbers, line: i + 2 }
  })
  return { lines, layers }
}

export function writeParam(file, { lines, layers }) {
  const text = [...lines]
  for (const { type, name, inputs, outputs, numbers, line } of layers) {
    const pairs = [...numbers].map(([key, value]) => `${key}=${value}`)
    text[line] = [type, name, inputs.length, outputs.length, ...inputs, ...outputs, ...pairs].join(' ')
  }
  writeFileSync(file, `${text.join('\n')}\n`)
}

/**
 * Tensors of a .bin as { layer, role, offset, count, bytes }, `bytes` being 4 or 2 for each value; null for a network with
 * layers that are not known here, which the exam leaves alone.
 */
export function tensorsOf({ layers }, bin) {
  const found = []
  let offset = 0
  const take = (layer, role, count, tagged) => {
    let bytes = 4
    if (tagged) {
      bytes = bin.readUInt32LE(offset) === fp16Tag ? 2 : 4
      offset += 4
    }
    found.push({ layer, role, offset, count, bytes })
    offset += Math.ceil((count * bytes) / 4) * 4
  }
  for (const layer of layers) {
    const number = (key) => Number(layer.numbers.get(String(key)) ?? 0)
    switch (layer.type) {
      case 'Convolution':
      case 'ConvolutionDepthWise':
      case 'Convolution1D':
      case 'ConvolutionDepthWise1D':
      case 'Deconvolution':
      case 'DeconvolutionDepthWise':
        take(layer, 'weight', number(6), true)
        if (number(5)) take(layer, 'bias', number(0), false)
        break
      case 'InnerProduct':
        take(layer, 'weight', number(2), true)
        if (number(1)) take(layer, 'bias', number(0), false)
        break
      case 'Gemm':
        if (!number(5)) return null
        take(layer, 'weight', number(8) * number(9), true)
        if (number(6)) take(layer, 'bias', number(8), true)
        break
      case 'LayerNorm':
        for (const role of ['gamma', 'beta']) take(layer, role, number(0), false)
        break
      case 'BatchNorm':
        for (const role of ['slope', 'mean', 'variance', 'bias']) take(layer, role, number(0), false)
        break
      case 'MemoryData':
        take(layer, 'data', Math.max(1, number(0)) * Math.max(1, number(1)) * Math.max(1, number(2)), false)
        break
      case 'PReLU':
      case 'Scale':
      case 'LSTM':
      case 'MultiHeadAttention':
        return null
    }
    if (offset > bin.length) return null
  }
  return offset === bin.length ? found : null
}

export function valuesOf(bin, { offset, count }) {
  return new Float32Array(Uint8Array.from(bin.subarray(offset, offset + 4 * count)).buffer)
}

export function putValues(bin, { offset }, values) {
  bin.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset)
}

/** The bits of float16, to nearest, ties to even. */
export function halfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (Number.isNaN(value)) return 0x7e00
  if (magnitude >= 65520) return sign | 0x7c00
  const step = 2 ** (Math.max(Math.floor(Math.log2(magnitude || 2 ** -30)), -14) - 10)
  const steps = toEven(magnitude / step)
  const stored = steps * step
  if (stored < 2 ** -14) return sign | Math.round(stored / 2 ** -24)
  const exponent = Math.floor(Math.log2(stored))
  return sign | ((exponent + 15) << 10) | (Math.round(stored / 2 ** (exponent - 10)) - 1024)
}

export function halfValue(bits) {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

function toEven(value) {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** A .bin with its tagged tensors stored as fp16, as pnnx's `fp16=1` writes it. */
export function withHalfWeights(bin, tensors) {
  const pieces = []
  let at = 0
  for (const tensor of tensors) {
    if (tensor.role !== 'weight') continue
    pieces.push(bin.subarray(at, tensor.offset - 4))
    const halves = Uint16Array.from(valuesOf(bin, tensor), halfBits)
    const tag = Buffer.alloc(4)
    tag.writeUInt32LE(fp16Tag)
    pieces.push(tag, Buffer.from(halves.buffer), Buffer.alloc((halves.byteLength % 4) % 4))
    at = tensor.offset + 4 * tensor.count
  }
  return Buffer.concat([...pieces, bin.subarray(at)])
}
