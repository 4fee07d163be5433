// The networks that faults are planted into: those of ../shared/models and test/fixtures, and small ones made here with
// any size of input and random weights, which nobody has tuned a limit on.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { onnxFile } from './onnxFile.mjs'
import { root, shared } from './places.mjs'

const known = {
  'digits8-cnn': { channels: 1, size: { width: 8, height: 8 }, small: true },
  'mnist-cnn': { channels: 1, size: { width: 28, height: 28 }, small: true },
  'tiny-vit': { channels: 1, size: { width: 28, height: 28 }, small: true },
  'tiny-unet': { channels: 1, size: { width: 64, height: 64 } },
  'tiny-ecapa-tdnn': { channels: 0 },
  'tiny-face-detector': { channels: 3, size: { width: 416, height: 416 } },
  'efficientnet-lite0': { channels: 3, size: { width: 224, height: 224 } },
  'ppocrv4-det': { channels: 3, size: { width: 768, height: 384 }, slow: true },
}

/** { name, folder, channels, size, onnx, ncnn, mnn, input, expected }; paths, undefined where there is no such file. */
export function realNetworks() {
  return Object.entries(known).flatMap(([name, facts]) => {
    const folder = [join(shared, 'models', name), join(root, 'test/fixtures', name)].find(existsSync)
    return folder ? [networkIn(name, folder, facts)] : []
  })
}

function networkIn(name, folder, facts) {
  const file = (path) => (existsSync(join(folder, path)) ? join(folder, path) : undefined)
  return {
    name,
    folder,
    ...facts,
    onnx: file('model.onnx'),
    ncnn: file('model.ncnn.param'),
    mnn: file('model.mnn'),
    variants: [
      'model.ncnn.param',
      'model.mnn',
      'model_fp16.ncnn.param',
      'model_fp16.mnn',
      'model_int8.ncnn.param',
      'model_w8.mnn',
    ].filter(file),
    input: file('input.npy'),
    expected: file('expected.npy'),
  }
}

/**
 * Writes a small convolutional network for this size, as .onnx and ncnn's files, and gives its facts. `gains` multiply what
 * the four layers give, `factors` are multiplied behind the second one, one operator each; where all of them come to 1 the
 * function stays, and the range of what is inside does not.
 */
export function writeNetwork(draw, folder, { size, channels = 3, gains = [1, 1, 1, 1], factors = [] }) {
  mkdirSync(folder, { recursive: true })
  const [a, b, c, classes] = [draw.int(6, 10), draw.int(10, 18), draw.int(10, 16), draw.int(6, 14)]
  let sofar = 1
  const part = (name, from, to, kernel, stride, gain) => {
    sofar *= gain
    const fan = from * kernel ** 2
    const normals = (count, size) => Float32Array.from({ length: count }, () => draw.normal() * size)
    const weight = normals(to * fan, gain * Math.sqrt(2 / fan))
    return { name, from, to, kernel, stride, weight, bias: normals(to, 0.1 * sofar) }
  }
  const parts = [part('stem', channels, a, 3, 2, gains[0]), part('body', a, b, 3, 2, gains[1])]
  sofar *= factors.reduce((product, factor) => product * factor, 1)
  parts.push(part('mix', b, c, 1, 1, gains[2]))
  const final = part('final', c, classes, 1, 1, gains[3])
  const stem = join(folder, 'model')
  writeFileSync(`${stem}.onnx`, onnxOf(parts, final, { size, channels, classes, factors }))
  const lines = [
    'Input in0 0 1 in0',
    ...parts.flatMap(({ name, from, to, kernel, stride }, i) => {
      const pad = (kernel - 1) / 2
      const sizes = `0=${to} 1=${kernel} 11=${kernel} 2=1 12=1 3=${stride} 13=${stride} 4=${pad} 14=${pad} 5=1`
      const bottom = i === 0 ? 'in0' : bottomOf(parts, i, factors)
      const line = `Convolution ${name} 1 1 ${bottom} ${name} ${sizes} 6=${to * from * kernel ** 2} 9=1`
      return name === 'body' ? [line, ...factorLines(factors)] : [line]
    }),
    'Pooling pool 1 1 mix pool 0=1 4=1',
    `InnerProduct final 1 1 pool out0 0=${classes} 1=1 2=${classes * c}`,
  ]
  writeFileSync(`${stem}.ncnn.param`, `7767517\n${lines.length} ${lines.length}\n${lines.join('\n')}\n`)
  const bin = [...parts, final].flatMap(({ weight, bias }) => [new Float32Array(1), weight, bias])
  writeFileSync(`${stem}.ncnn.bin`, Buffer.concat(bin.map(({ buffer }) => new Uint8Array(buffer))))
  return { ...networkIn('planted', folder, { channels, size }), parts, final, factors }
}

/** What part `i` reads: the part before, or the last factor behind it. */
function bottomOf(parts, i, factors) {
  const { name } = parts[i - 1]
  return name === 'body' && factors.length > 0 ? `factor${factors.length}` : name
}

function factorLines(factors) {
  return factors.map((factor, i) => {
    const bottom = i === 0 ? 'body' : `factor${i}`
    return `BinaryOp factor${i + 1} 1 1 ${bottom} factor${i + 1} 0=2 1=1 2=${factor.toExponential(8)}`
  })
}

function onnxOf(parts, final, { size, channels, classes, factors }) {
  const nodes = parts.flatMap(({ name, kernel, stride }, i) => [
    [
      'Conv',
      [i === 0 ? 'image' : bottomOf(parts, i, factors), `${name}.weight`, `${name}.bias`],
      `${name}.linear`,
      {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: Array(4).fill((kernel - 1) / 2),
      },
    ],
    ['Relu', [`${name}.linear`], name],
    ...(name === 'body' ? factors : []).map((_factor, k) => [
      'Mul',
      [k === 0 ? 'body' : `factor${k}`, `by${k + 1}`],
      `factor${k + 1}`,
    ]),
  ])
  nodes.push(['GlobalAveragePool', ['mix'], 'pool'])
  nodes.push(['Flatten', ['pool'], 'flat', { axis: 1 }])
  nodes.push(['Gemm', ['flat', 'final.weight', 'final.bias'], 'logits', { transB: 1 }])
  const weights = Object.fromEntries(
    parts.flatMap(({ name, from, to, kernel, weight, bias }) => [
      [`${name}.weight`, [[to, from, kernel, kernel], weight]],
      [`${name}.bias`, [[to], bias]],
    ]),
  )
  factors.forEach((factor, i) => {
    weights[`by${i + 1}`] = [[1], Float32Array.of(factor)]
  })
  weights['final.weight'] = [[classes, parts.at(-1).to], final.weight]
  weights['final.bias'] = [[classes], final.bias]
  return onnxFile({
    nodes,
    weights,
    input: ['image', [1, channels, size.height, size.width]],
    output: ['logits', [1, classes]],
  })
}

/** The only output of a model for its recorded or another input, in fp32 on one thread unless said. */
export async function outputOf(file, input, options = {}) {
  const model = await open(file, { precision: 'fp32', threads: 1, ...options })
  try {
    const tensor = typeof input === 'string' ? await readNpy(input) : input
    return Object.values(await model.run(tensor))[0]
  } finally {
    await model.dispose()
  }
}
