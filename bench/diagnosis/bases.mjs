// What the questions have in common: networks, copies of their files, and the arguments of the command. `plant(draw, folder,
// trial)` of a question writes the files of one case and gives { args, accept, also, note }, or null where chance made a case
// that no one could tell. `accept` holds lists of codes: the first cause has to be of the first list; with pairs each list has
// to be named. `also` may be named besides.
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Tensor, writeNpy } from 'twinfer'
import { plantInput } from './inputCases.mjs'
import { findValues } from './mnnFile.mjs'
import { readParam, tensorsOf } from './ncnnFile.mjs'
import { outputOf, realNetworks, writeNetwork } from './networks.mjs'
import { likeness } from './records.mjs'

export const networks = realNetworks().filter(({ onnx }) => onnx)
export const named = (name) => networks.find((network) => network.name === name)
export const withWeights = networks.filter(({ slow }) => !slow)

/** Files and arguments of a case about inputs. Every second one comes without the picture. */
export async function inputsWith(draw, folder, trial, faults) {
  const network = drawNetwork(draw, faults)
  const made = await plantInput(draw, folder, network, faults)
  if (!made) return null
  const { onnx, ncnn, mnn } = network.onnx
    ? network
    : writeNetwork(draw, folder, { ...network, size: made.size })
  const image = trial % 2 === 0 ? ['--image', join(folder, 'image.png')] : []
  return {
    args: [draw.pick([ncnn, mnn].filter(Boolean)), '--reference', onnx, ...tensors(folder), ...image],
    source: image.length > 0 ? 'image and tensors' : 'tensors',
    mendable: image.length > 0,
    record: made.record,
    deployedRecord: made.deployedRecord,
    note: `${network.name ?? 'planted'}, ${made.size.width} x ${made.size.height}, golden ${JSON.stringify(brief(made.record))}, deployed ${JSON.stringify(brief(made.deployedRecord))}`,
  }
}

export function tensors(folder) {
  return ['--golden-input', join(folder, 'golden.npy'), '--deployed-input', join(folder, 'deployed.npy')]
}

export function brief({ size: _, normalisation: __, ...record }) {
  return record
}

/** Mostly a network of any size made for the case, sometimes a real one that the faults can happen to. */
export function drawNetwork(draw, faults) {
  const wants = Object.assign({}, ...faults.map((fault) => fault.wants(draw)))
  const real = ['efficientnet-lite0', 'tiny-face-detector', 'tiny-unet', 'mnist-cnn']
    .map(named)
    .filter(Boolean)
  const fitting = real.filter(
    ({ channels }) => wants.square !== false && !wants.small && (wants.channels ?? channels) === channels,
  )
  if (fitting.length > 0 && draw.chance(0.25)) return draw.pick(fitting)
  return { channels: wants.channels ?? draw.pick([3, 3, 1]) }
}

/** A real network, or now and then one made for the case, whose input is drawn too. */
export async function drawModel(draw, folder, engine, weights = true) {
  const fitting = withWeights.filter((network) => network[engine] && (!weights || tensorsIn(network)))
  if (engine === 'ncnn' && (fitting.length === 0 || draw.chance(0.25)))
    return await plantedWithInput(draw, folder)
  return draw.pick(fitting)
}

export async function plantedWithInput(draw, folder, ranges = {}) {
  const size = { width: 16 * draw.int(2, 5), height: 16 * draw.int(2, 5) }
  const network = writeNetwork(draw, join(folder, 'original'), { size, ...ranges })
  const input = join(folder, 'input.npy')
  const values = Float32Array.from({ length: 3 * size.width * size.height }, () => draw.normal())
  mkdirSync(folder, { recursive: true })
  await writeNpy(input, new Tensor(values, [1, 3, size.height, size.width]))
  return { ...network, input, values, shape: [1, 3, size.height, size.width] }
}

export function tensorsIn({ ncnn }) {
  return ncnn && tensorsOf(readParam(ncnn), readFileSync(ncnn.replace('.param', '.bin')))
}

/** A copy of a model to be damaged, with the places of its weights. */
export function copyOf(draw, folder, network, engine) {
  if (!network) return null
  mkdirSync(folder, { recursive: true })
  const original = network[engine]
  const copy = join(folder, basename(original))
  cpSync(original, copy)
  const found = (tensorsIn(network) ?? []).filter(({ role, bytes }) => role === 'weight' && bytes === 4)
  if (engine === 'ncnn') {
    const data = copy.replace('.param', '.bin')
    cpSync(original.replace('.param', '.bin'), data)
    return { draw, network, engine, folder, files: { param: copy, data }, model: copy, weights: found }
  }
  const mnn = readFileSync(original)
  const bin = network.ncnn && readFileSync(network.ncnn.replace('.param', '.bin'))
  const weights = found.flatMap((tensor) => {
    const offset = findValues(mnn, bin, tensor)
    return offset === undefined ? [] : [{ ...tensor, offset }]
  })
  return { draw, network, engine, folder, files: { data: copy }, model: copy, weights }
}

export function argumentsOf({ model, network }) {
  return [model, '--reference', network.onnx, '--golden-input', network.input]
}

/** Whether a changed model gives something else by more than any precision would. */
export async function matters({ model, network }) {
  const clean = await outputOf(network.ncnn, network.input)
  const changed = await outputOf(model, network.input).catch(() => null)
  if (!changed || changed.data.length !== clean.data.length) return false
  return changed.data.every(Number.isFinite) && likeness(clean.data, changed.data) < 25
}

export async function writeOutputs(folder, reference, candidate, shape) {
  mkdirSync(folder, { recursive: true })
  const [wanted, given] = [join(folder, 'reference-output.npy'), join(folder, 'candidate-output.npy')]
  await writeNpy(wanted, new Tensor(reference, shape))
  await writeNpy(given, new Tensor(candidate, shape))
  return ['--reference-output', wanted, '--candidate-output', given]
}
