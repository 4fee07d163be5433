// How applications read an output wrongly, or leave out its last step. `apply` gets { draw, reference, candidate, shape }:
// float32 values of both sides in the original's order; it gives either side anew, or null where it does not fit.
import { halfBits, halfValue } from './ncnnFile.mjs'

const spatial = (shape) => shape.length >= 3 && shape.at(-1) > 1 && shape.at(-2) > 1

export const outputFaults = [
  {
    code: 'LAYOUT_MISREAD',
    variant: 'NC4HW4 read as NCHW',
    apply({ candidate, shape }) {
      if (!spatial(shape) || shape[1] === 4) return null
      return { candidate: packed(candidate, shape, 4) }
    },
  },
  {
    code: 'LAYOUT_MISREAD',
    variant: 'NHWC read as NCHW',
    apply({ candidate, shape }) {
      if (!spatial(shape) || shape[1] === 1) return null
      const [, channels, height, width] = shape
      return {
        candidate: candidate.map(
          (_value, i) => candidate[(i % channels) * height * width + Math.floor(i / channels)],
        ),
      }
    },
  },
  {
    code: 'LAYOUT_MISREAD',
    variant: 'height and width exchanged',
    apply({ candidate, shape }) {
      if (!spatial(shape)) return null
      const [, , height, width] = shape
      return {
        candidate: candidate.map((_value, i) => {
          const inside = i % (height * width)
          return candidate[i - inside + (inside % height) * width + Math.floor(inside / height)]
        }),
      }
    },
  },
  {
    code: 'LAYOUT_MISREAD',
    variant: 'gaps between channels read as values',
    apply({ candidate, shape }) {
      if (!spatial(shape) || shape[1] === 1) return null
      const plane = shape[2] * shape[3]
      const step = Math.ceil(plane / 4) * 4
      if (step === plane) return null
      return {
        candidate: candidate.map((_value, i) =>
          i % step < plane ? candidate[Math.floor(i / step) * plane + (i % step)] : 0,
        ),
      }
    },
  },
  {
    code: 'DTYPE_MISREAD',
    variant: 'pairs of fp16 read as floats',
    apply({ candidate }) {
      const halves = new Uint16Array(2 * Math.ceil(candidate.length / 2))
      halves.set(Uint16Array.from(candidate, halfBits))
      const out = new Float32Array(candidate.length)
      out.set(new Float32Array(halves.buffer))
      return { candidate: out }
    },
  },
  {
    code: 'DTYPE_MISREAD',
    variant: 'fp16 read as bf16',
    apply: ({ candidate }) => ({
      candidate: new Float32Array(Uint32Array.from(candidate, (value) => halfBits(value) << 16).buffer),
    }),
  },
  {
    code: 'DTYPE_MISREAD',
    variant: 'fp16 read as whole numbers',
    apply: ({ candidate }) => ({ candidate: Float32Array.from(candidate, halfBits) }),
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'not dequantised',
    apply({ candidate, draw }) {
      const least = candidate.reduce((a, b) => Math.min(a, b))
      const most = candidate.reduce((a, b) => Math.max(a, b))
      if (most - least < 1e-6) return null
      const scale = (most - least) / 255
      const zero = draw.chance(0.5) ? Math.round(-128 - least / scale) : 0
      const limit = zero === 0 ? Math.max(Math.abs(least), Math.abs(most)) / 127 : scale
      return { candidate: candidate.map((value) => Math.round(value / limit) + zero) }
    },
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'a factor',
    apply({ candidate, draw }) {
      const factor = draw.pick([255, 1 / 255, 100, draw.between(1.5, 8), draw.between(0.1, 0.6)])
      return { candidate: candidate.map((value) => value * factor) }
    },
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'softmax left out',
    apply({ reference, candidate, shape }) {
      if (!isLogits(shape)) return null
      return { reference: softmax(reference, shape), candidate }
    },
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'softmax twice',
    apply({ reference, candidate, shape }) {
      if (!isLogits(shape)) return null
      return { reference: softmax(reference, shape), candidate: softmax(softmax(candidate, shape), shape) }
    },
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'sigmoid left out',
    apply: ({ reference, candidate, network }) =>
      network === 'tiny-face-detector' ? { reference: reference.map(sigmoid), candidate } : null,
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'sigmoid twice',
    apply: ({ reference, candidate, network }) =>
      network === 'ppocrv4-det' ? { reference, candidate: candidate.map(sigmoid) } : null,
  },
  {
    code: 'SCALE_OFFSET_MISSING',
    variant: 'length not made 1',
    apply({ reference, candidate, network }) {
      if (network !== 'tiny-ecapa-tdnn') return null
      const length = Math.hypot(...reference)
      return { reference: reference.map((value) => value / length), candidate }
    },
  },
]

/** Whether a shape has scores of classes along its second axis. */
function isLogits(shape) {
  return shape[1] >= 6 && shape[1] !== 25 && shape[1] !== 96
}

function sigmoid(value) {
  return 1 / (1 + Math.exp(-value))
}

function softmax(values, shape) {
  const classes = shape[1]
  const plane = values.length / classes
  const out = new Float32Array(values.length)
  for (let i = 0; i < plane; i++) {
    let most = Number.NEGATIVE_INFINITY
    for (let c = 0; c < classes; c++) most = Math.max(most, values[c * plane + i])
    let sum = 0
    for (let c = 0; c < classes; c++) sum += Math.exp(values[c * plane + i] - most)
    for (let c = 0; c < classes; c++) out[c * plane + i] = Math.exp(values[c * plane + i] - most) / sum
  }
  return out
}

/** The first values of a buffer with the channels in packs, as a reader of the plain order takes them. */
function packed(values, [, channels, height, width], pack) {
  const plane = height * width
  return values.map((_value, i) => {
    const within = i % pack
    const at = Math.floor(i / pack)
    const channel = Math.floor(at / plane) * pack + within
    return channel < channels ? values[channel * plane + (at % plane)] : 0
  })
}

/** What a board gives that computes in fp16: for the network of `writeNetwork`, every blob rounded once. */
export function inHalf({ parts, final, factors }, input, [, channels, height, width]) {
  let blob = { channels, height, width, data: input.map(rounded) }
  for (const part of parts) {
    blob = convolved(blob, part)
    const after = part.name === 'body' ? factors : []
    for (const factor of after) blob = { ...blob, data: blob.data.map((value) => rounded(value * factor)) }
  }
  const plane = blob.height * blob.width
  const pooled = Array.from({ length: blob.channels }, (_, c) => {
    let sum = 0
    for (let i = 0; i < plane; i++) sum += blob.data[c * plane + i]
    return rounded(sum / plane)
  })
  return Float32Array.from(final.bias, (bias, i) => {
    let sum = bias
    for (let c = 0; c < pooled.length; c++) sum += rounded(final.weight[i * pooled.length + c]) * pooled[c]
    return rounded(sum)
  })
}

function convolved({ channels, height, width, data }, { to, kernel, stride, weight, bias }) {
  const pad = (kernel - 1) / 2
  const [outHeight, outWidth] = [height, width].map(
    (size) => Math.floor((size + 2 * pad - kernel) / stride) + 1,
  )
  const halves = weight.map(rounded)
  const out = new Float32Array(to * outHeight * outWidth)
  for (let o = 0; o < to; o++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++) {
        let sum = bias[o]
        for (let c = 0; c < channels; c++)
          for (let v = 0; v < kernel; v++)
            for (let u = 0; u < kernel; u++) {
              const [row, column] = [y * stride + v - pad, x * stride + u - pad]
              if (row < 0 || column < 0 || row >= height || column >= width) continue
              sum +=
                data[(c * height + row) * width + column] *
                halves[((o * channels + c) * kernel + v) * kernel + u]
            }
        // ReLU lets NaN through, as engines' max(x, 0) may or may not.
        out[(o * outHeight + y) * outWidth + x] = rounded(sum < 0 ? 0 : sum)
      }
  return { channels: to, height: outHeight, width: outWidth, data: out }
}

function rounded(value) {
  return halfValue(halfBits(value))
}
