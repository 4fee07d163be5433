// Networks of one layer with made-up weights, for shapes that no model in a folder has: what decides which of them have
// kernels on ARM.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes each into a folder of its own below `scratch` and gives name, folder and shape of the input. */
export function writeSingleLayers(scratch) {
  const convolutions = [
    ...[1, 2, 3, 4].map((inputs) => plane({ inputs, outputs: 16, kernel: 3, size: 64 })),
    ...[1, 2].map((inputs) => plane({ inputs, outputs: 64, kernel: 3, size: 32 })),
    plane({ inputs: 1, outputs: 8, kernel: 3, size: 16, activation: 2 }),
    plane({ inputs: 1, outputs: 17, kernel: 3, size: 30 }),
    plane({ inputs: 1, outputs: 16, kernel: 3, stride: 2, size: 64 }),
    plane({ inputs: 1, outputs: 16, kernel: 5, size: 64 }),
    plane({ inputs: 3, outputs: 64, kernel: 7, stride: 2, size: 64 }),
    ...[16, 32, 64].map((inputs) => plane({ inputs, outputs: inputs * 2, kernel: 3, stride: 2, size: 32 })),
  ]
  const depthwise = [7, 12, 28, 56].flatMap((size) =>
    [1, 2].map((stride) => plane({ inputs: 32, outputs: 32, group: 32, kernel: 5, stride, size })),
  )
  const grouped = [
    [4, 32, 32],
    [4, 16, 16],
    [8, 64, 64],
    [16, 64, 64],
    [3, 36, 60],
    [4, 96, 96],
    [2, 10, 10],
  ].flatMap(([group, inputs, outputs]) =>
    [1, 2].map((stride) => plane({ inputs, outputs, group, kernel: 3, stride, size: 14 })),
  )
  const pointwise = [3, 4, 8].map((group) => plane({ inputs: 48, outputs: 96, group, kernel: 1, size: 28 }))
  const otherDepthwise = [7, 2].map((kernel) =>
    plane({ inputs: 32, outputs: 32, group: 32, kernel, size: 20 }),
  )
  const groupedSequences = [32, 4, 8].flatMap((group) =>
    [3, 7].map((kernel) => sequence({ inputs: 32, outputs: 32, group, kernel, size: 60 })),
  )
  const otherSizes = [5, 7, 2].map((kernel) => plane({ inputs: 32, outputs: 32, kernel, size: 20 }))
  const sequences = [1, 2, 4, 50].flatMap((size) =>
    [1, 5].map((kernel) => sequence({ inputs: 32, outputs: 64, kernel, size: size + kernel - 1 })),
  )
  const odd = [sequence({ inputs: 17, outputs: 19, kernel: 3, size: 40 })]
  const recurrent = [
    [1, 16, 30, 0],
    [32, 64, 20, 0],
    [64, 128, 20, 2],
    [40, 200, 10, 1],
    [13, 30, 20, 0],
  ].flatMap(([inputs, hidden, steps, direction]) =>
    ['LSTM', 'GRU'].map((type) => recurrence({ type, inputs, hidden, steps, direction })),
  )
  return [
    ...convolutions,
    ...otherSizes,
    ...depthwise,
    ...otherDepthwise,
    ...grouped,
    ...pointwise,
    ...sequences,
    ...groupedSequences,
    ...odd,
    ...recurrent,
  ].map((layer) => write(scratch, layer))
}

function plane({ inputs, outputs, kernel, stride = 1, size, group = 1, activation = 1 }) {
  const type = group > 1 ? 'ConvolutionDepthWise' : 'Convolution'
  const count = (outputs * inputs * kernel * kernel) / group
  const groups = group > 1 ? ` 7=${group}` : ''
  const activated = `9=${activation}${activation === 2 ? ' -23310=1,0.1' : ''}`
  return {
    name: `${type} ${inputs}-${outputs} in ${group} ${kernel}x${kernel} stride ${stride} on ${size}`,
    line: `${type} one 1 1 in out 0=${outputs} 1=${kernel} 3=${stride} 4=${kernel >> 1} 5=1 6=${count}${groups} ${activated}`,
    shape: [inputs, size, size],
    weights: [tagged(count), numbers(outputs)],
  }
}

function sequence({ inputs, outputs, kernel, size, group = 1 }) {
  const type = group > 1 ? 'ConvolutionDepthWise1D' : 'Convolution1D'
  const count = (outputs * inputs * kernel) / group
  const groups = group > 1 ? ` 7=${group}` : ''
  return {
    name: `${type} ${inputs}-${outputs} in ${group} ${kernel} on ${size}`,
    line: `${type} one 1 1 in out 0=${outputs} 1=${kernel} 5=1 6=${count}${groups} 9=1`,
    shape: [inputs, size],
    weights: [tagged(count), numbers(outputs)],
  }
}

function recurrence({ type, inputs, hidden, steps, direction }) {
  const values = hidden * (direction === 2 ? 2 : 1)
  const gates = type === 'LSTM' ? 4 : 3
  return {
    name: `${type} ${inputs}-${hidden} direction ${direction} of ${steps}`,
    line: `${type} one 1 1 in out 0=${hidden} 1=${gates * values * inputs} 2=${direction}`,
    shape: [steps, inputs],
    weights: [tagged(gates * values * inputs), tagged(4 * values), tagged(gates * values * hidden)],
  }
}

function numbers(count) {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.7) * 0.1)
}

/** As a .bin has weights whose form is free: 0 in front says fp32. */
function tagged(count) {
  const all = new Float32Array(count + 1)
  all.set(numbers(count), 1)
  return all
}

function write(scratch, { name, line, shape, weights }) {
  const folder = join(scratch, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'model.ncnn.param'), `7767517\n2 2\nInput in 0 1 in\n${line}\n`)
  writeFileSync(
    join(folder, 'model.ncnn.bin'),
    Buffer.concat(weights.map(({ buffer }) => Buffer.from(buffer))),
  )
  const elements = shape.reduce((product, size) => product * size, 1)
  return { name, folder, shape, data: numbers(elements) }
}
