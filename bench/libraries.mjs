#!/usr/bin/env node
// Single layers on one thread: this package's kernels, ncnn's own, and two libraries that have such kernels, oneDNN (which is
// in OpenVINO) and XNNPACK (which is in LiteRT). Each in the layout of channels that it likes: converting to it, and back, is
// not counted. They take turns, block by block; medians, and of the ratios those of the rounds. Each answer is held against
// ncnn's first. What is not installed is skipped, and said to be.
//   node bench/libraries.mjs [--rounds 15] [--block 40] [--only NAME,…] [--python PROGRAM] [--json]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { open, readNpy, Tensor, writeNpy } from 'twinfer'
import { compareTensors, openTracer } from 'twinfer/compare'
import { median } from './lib/statistics.mjs'
import { missingWheel, Peer } from './peers/Peer.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    block: { type: 'string', default: '40' },
    only: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'boolean', default: false },
  },
})
const [rounds, blockMs] = [Number(values.rounds), Number(values.block)]
const say = values.json ? console.error : console.log
const script = join(import.meta.dirname, 'peers/layer.py')

/** [rows, columns] of what comes in, of the kernel and of its steps; odd sizes, so that all pad both sides alike. */
const plane = (inputs, outputs, size, kernel, stride = 1) => ({
  inputs,
  outputs,
  size: [size, size],
  kernel: [kernel, kernel],
  stride: [stride, stride],
})
const depthwise = (channels, ...rest) => ({ ...plane(channels, channels, ...rest), group: channels })
const layers = {
  '3 → 32, 3 × 3, stride 2, of 225²': plane(3, 32, 225, 3, 2),
  '3 → 16, 3 × 3, of 128²': plane(3, 16, 128, 3),
  '1 × 1, 96 → 24, of 56²': plane(96, 24, 56, 1),
  '1 × 1, 192 → 1152, of 7²': plane(192, 1152, 7, 1),
  '3 × 3, stride 2, 64 → 128, of 57²': plane(64, 128, 57, 3, 2),
  'depthwise 3 × 3, 144 of 56²': depthwise(144, 56, 3),
  'depthwise 5 × 5, 240 of 28²': depthwise(240, 28, 5),
  'Convolution1D, 80 → 512, 5 taps, of 200': {
    inputs: 80,
    outputs: 512,
    size: [1, 200],
    kernel: [1, 5],
    stride: [1, 1],
  },
  '3 × 3, 64 → 64, of 56² (ncnn’s Winograd)': plane(64, 64, 56, 3),
}
const libraries = {
  oneDNN: { wheel: 'openvino', missing: missingWheel(values.python, 'openvino') },
  XNNPACK: { wheel: 'xnnpack', missing: missingWheel(values.python, 'ai_edge_litert') },
}
for (const [name, { missing }] of Object.entries(libraries)) if (missing) say(`skip   ${name}: ${missing}`)

const scratch = mkdtempSync(join(tmpdir(), 'twinfer-libraries-'))
const rows = []
try {
  const wanted = values.only?.split(',')
  for (const [at, [name, layer]] of Object.entries(layers).entries()) {
    if (wanted && !wanted.some((part) => name.includes(part))) continue
    rows.push({ layer: name, ...(await race({ group: 1, ...layer }, join(scratch, String(at)))) })
  }
} finally {
  rmSync(scratch, { recursive: true })
}
if (values.json) console.log(JSON.stringify({ machine: machineLine(), rows }))
else {
  console.log(`\n${machineLine()}\n\n${markdown()}`)
}

async function race(layer, folder) {
  mkdirSync(folder)
  const files = await writeLayer(layer, folder)
  const expected = await answerOf(files, false)
  const contestants = [
    { name: 'twinfer', ...(await ownRunner(files, true)) },
    { name: 'ncnn', ...(await ownRunner(files, false)) },
  ]
  for (const [name, { wheel, missing }] of Object.entries(libraries)) {
    if (missing) continue
    const peer = new Peer(values.python, [script, wheel, folder])
    await peer.run(3)
    contestants.push({ name, run: (count) => peer.run(count), close: () => peer.close() })
    requireSame(name, expected, (await readNpy(join(folder, `${wheel}.npy`))).data)
  }
  const onKernel = await answerOf(files, true)
  requireSame('twinfer', expected, onKernel.data)
  for (const one of contestants) {
    one.count = Math.max(3, Math.round((1000 * blockMs) / median(await one.run(5))))
    one.blocks = []
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, count, blocks } of contestants) blocks.push(median(await run(count)))
    contestants.push(contestants.shift())
  }
  for (const { close } of contestants) await close()
  const blocksOf = (name) => contestants.find((one) => one.name === name)?.blocks
  const names = ['twinfer', 'ncnn', ...Object.keys(libraries)]
  const ours = blocksOf('twinfer')
  const each = (of) =>
    Object.fromEntries(names.map((name) => [name, blocksOf(name) ? of(blocksOf(name)) : null]))
  return {
    isOurs: onKernel.isOurs,
    ms: each((blocks) => median(blocks) / 1000),
    over: each((blocks) => median(blocks.map((time, i) => time / ours[i]))),
  }
}

/** The layer for all: arrays for the libraries, a network for ncnn. A ReLU before it packs the channels as ncnn likes them. */
async function writeLayer({ inputs, outputs, size, kernel, stride, group }, folder) {
  let seed = 1
  const random = (shape) => {
    const next = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0
      return seed / 2 ** 31
    }
    return new Tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape)
  }
  const isSequence = size[0] === 1
  const pads = kernel.map((taps) => (taps - 1) / 2)
  const made = size.map((each, i) => Math.floor((each + 2 * pads[i] - kernel[i]) / stride[i]) + 1)
  const weights = random([outputs, inputs / group, ...kernel])
  const bias = random([outputs])
  const signed = random([1, inputs, ...size])
  const input = new Tensor(signed.data.map(Math.abs), signed.shape)
  writeFileSync(join(folder, 'layer.json'), JSON.stringify({ group, stride, pads, made }))
  for (const [name, tensor] of Object.entries({ weights, bias, input }))
    await writeNpy(join(folder, `${name}.npy`), tensor)
  const type = isSequence ? 'Convolution1D' : group > 1 ? 'ConvolutionDepthWise' : 'Convolution'
  const rows = isSequence ? '' : ` 11=${kernel[0]} 13=${stride[0]} 14=${pads[0]}`
  const own = `0=${outputs} 1=${kernel[1]} 3=${stride[1]} 4=${pads[1]} 5=1 6=${weights.length}${rows}${group > 1 ? ` 7=${group}` : ''}`
  const param = `7767517\n3 3\nInput in 0 1 x\nReLU packs 1 1 x packed\n${type} layer 1 1 packed y ${own}\n`
  const bin = new Float32Array([0, ...weights.data, ...bias.data])
  const path = join(folder, 'model.param')
  writeFileSync(path, param)
  writeFileSync(join(folder, 'model.bin'), new Uint8Array(bin.buffer))
  return {
    path,
    input: isSequence
      ? new Tensor(input.data, [inputs, size[1]])
      : new Tensor(input.data, input.shape.slice(1)),
  }
}

function settingsOf(kernels) {
  return { precision: 'fp32', threads: 1, engineOptions: { kernels } }
}

async function answerOf({ path, input }, kernels) {
  const model = await open(path, settingsOf(kernels))
  const answer = { data: model.runSync(input).y.data, isOurs: model.effective.kernels.includes('layer') }
  await model.dispose()
  return answer
}

/** The microseconds of the layer alone; the tracer's are medians of five runs. */
async function ownRunner({ path, input }, kernels) {
  const tracer = await openTracer(path, settingsOf(kernels))
  const once = async () => {
    let time
    await tracer.trace({ x: input }, ({ name, ms }) => {
      if (name === 'layer') time = ms * 1000
    })
    return time
  }
  const run = async (count) => {
    const times = []
    for (let i = 0; i < Math.max(1, count / 5); i++) times.push(await once())
    return times
  }
  return { run, close: () => tracer.dispose() }
}

function requireSame(name, { data }, own) {
  const { sqnrDb } = compareTensors(new Tensor(data, [data.length]), new Tensor(own, [own.length]))
  if (sqnrDb !== null && sqnrDb < 90) throw new Error(`${name} answers otherwise: ${sqnrDb} dB`)
}

function machineLine() {
  return `${cpus()[0].model.trim()}, ${cpus().length} logical CPUs; load average ${loadavg()[0].toFixed(1)}`
}

function markdown() {
  const names = ['twinfer', 'ncnn', ...Object.keys(libraries)]
  const cell = (value, digits) => (value === null ? '–' : value.toFixed(digits))
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    line(['ms, 1 thread', ...names, ...names.slice(1).map((name) => `over ${name}`)]),
    line(['---', ...names.map(() => '---:'), ...names.slice(1).map(() => '---:')]),
    ...rows.map(({ layer, isOurs, ms, over }) =>
      line([
        layer,
        ...names.map((name) => (name === 'twinfer' && !isOurs ? 'ncnn’s' : cell(ms[name], 3))),
        ...names.slice(1).map((name) => cell(over[name], 2)),
      ]),
    ),
  ].join('\n')
}
