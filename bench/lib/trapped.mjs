// Networks with layers, at known places, that a low precision does not bear: a chain of fully connected layers and ReLUs,
// with traps between them that compute nothing in fp32.
//   weights-overflow   weights that fp16 cannot hold, on inputs that are as much smaller
//   weights-underflow  weights of which fp16 keeps a few bits, before values are scaled back
//   values-overflow    values that fp16 cannot hold, between layers whose weights it can
//   cancellation       a large offset that is taken away again: what is left has no digits in bf16
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor } from '../../dist/index.js'

const width = 32

/**
 * Writes NAME.param and NAME.bin into a folder; `traps` says which trap is at which place of the chain. Gives the path, the
 * names of the layers that must stay in fp32, and an input.
 */
export function writeTrapped(folder, name, traps, { depth = 8, seed = 1 } = {}) {
  const lines = ['Input in0 0 1 in0']
  const parts = []
  const truth = []
  const add = (type, layer, parameters = '') => {
    const from = lines.at(-1).split(' ')[1]
    lines.push(`${type} ${layer} 1 1 ${from} ${layer} ${parameters}`.trim())
  }
  const keep = (...line) => {
    add(...line)
    truth.push(line[1])
  }
  const scaled = (factor) => `0=2 1=1 2=${factor}`
  for (let at = 0; at < depth; at++) {
    const trap = traps[at]
    const factor = trap === 'weights-overflow' ? 2 ** 22 : trap === 'weights-underflow' ? 2 ** -20 : 1
    if (factor > 1) add('BinaryOp', `before_${at}`, scaled(1 / factor))
    const gain = (1.4 * factor) / Math.sqrt(width)
    // The tag of fp32 is a zero word; the bias behind the weights has none.
    parts.push(
      Float32Array.of(0),
      normals(seed * 100 + at, width * width).map((value) => value * gain),
      new Float32Array(width),
    )
    const put = factor === 1 ? add : keep
    put('InnerProduct', `fc_${at}`, `0=${width} 1=1 2=${width * width}`)
    if (factor < 1) add('BinaryOp', `behind_${at}`, scaled(1 / factor))
    add('ReLU', `relu_${at}`)
    if (trap === 'values-overflow') {
      keep('BinaryOp', `up_${at}`, scaled(2 ** 20))
      keep('BinaryOp', `down_${at}`, scaled(2 ** -20))
    }
    if (trap === 'cancellation') {
      keep('BinaryOp', `plus_${at}`, '0=0 1=1 2=4096')
      keep('BinaryOp', `minus_${at}`, '0=1 1=1 2=4096')
    }
  }
  const stem = join(folder, name)
  writeFileSync(`${stem}.param`, ['7767517', `${lines.length} ${lines.length}`, ...lines, ''].join('\n'))
  writeFileSync(`${stem}.bin`, Buffer.concat(parts.map((part) => new Uint8Array(part.buffer))))
  return { param: `${stem}.param`, truth, input: new Tensor(normals(seed, width), [width]) }
}

/** Normally distributed, by seed (mulberry32, Box and Muller). */
function normals(seed, length) {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  )
}
