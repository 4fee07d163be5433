import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { interfaceOf, parsedParam } from '../../file/NcnnReport.js'

/** One layer of a network (MNN: an operator), as its file has it. */
export interface GraphLayer {
  /** Its place in the file, from 0. */
  readonly index: number
  readonly name: string
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** The layers of a network in the order of its file, in which each comes behind those that it reads. */
export interface NetworkGraph {
  readonly layers: readonly GraphLayer[]
  readonly outputs: readonly string[]
}

/** Layers to be cut out. */
export interface Piece {
  /** With the constants that they read, by ascending index. */
  readonly layers: readonly GraphLayer[]
  /** Those that compute something. */
  readonly computing: readonly GraphLayer[]
  /** What they read and do not make, in the order in which they read it. */
  readonly enters: readonly string[]
  /** What they make for others, or for nobody. */
  readonly leaves: readonly string[]
}

const constants: ReadonlySet<string> = new Set(['MemoryData', 'Const', 'TrainableParam'])

/** Throws what reading the file throws. Graphs inside of control flow are left out. */
export async function graphOf(file: ModelFile): Promise<NetworkGraph> {
  if (file.requireConverted() === 'ncnn') {
    const { layers } = parsedParam(await file.ncnn(), file.name)
    const { outputs } = interfaceOf(layers)
    return { layers: layers.map(graphLayer), outputs: outputs.map(({ name }) => name) }
  }
  const { operators, outputs } = await file.mnnNet()
  return { layers: operators.filter(({ subgraph }) => subgraph === null).map(graphLayer), outputs }
}

function graphLayer({ name, type, inputs, outputs }: Omit<GraphLayer, 'index'>, index: number): GraphLayer {
  return { index, name, type, inputs, outputs }
}

/**
 * One layer, or all that lie on the ways from one to another. Each is named by its own name, by a blob that it makes, or by
 * its index; in that order, as names may be numbers.
 *
 * @throws TwinferError TWINFER_INVALID_OPTION for the name of no layer (with the nearest), for one that several have, for a
 * layer that computes nothing, and where no way leads from `layer` to `to`.
 */
export function choosePiece(graph: NetworkGraph, layer: string | number, to?: string | number): Piece {
  const first = findLayer(graph, layer, 'layer')
  const last = to === undefined ? first : findLayer(graph, to, 'to')
  const computing = between(graph, first, last)
  const made = new Set(computing.flatMap(({ outputs }) => outputs))
  const read = [...new Set(computing.flatMap(({ inputs }) => inputs))].filter((blob) => !made.has(blob))
  const kept = graph.layers.filter(
    ({ type, outputs }) => constants.has(type) && outputs.some((blob) => read.includes(blob)),
  )
  const constant = new Set(kept.flatMap(({ outputs }) => outputs))
  const inside = new Set(computing)
  const used = new Set(graph.layers.filter((one) => !inside.has(one)).flatMap(({ inputs }) => inputs))
  const consumed = new Set(computing.flatMap(({ inputs }) => inputs))
  const isOutput = new Set(graph.outputs)
  return {
    layers: [...kept, ...computing].sort((a, b) => a.index - b.index),
    computing,
    enters: read.filter((blob) => !constant.has(blob)),
    leaves: [...made].filter((blob) => used.has(blob) || isOutput.has(blob) || !consumed.has(blob)),
  }
}

function findLayer({ layers }: NetworkGraph, wanted: string | number, option: string): GraphLayer {
  const text = String(wanted)
  const named = typeof wanted === 'string' ? layers.filter(({ name }) => name === text) : []
  const byBlob = typeof wanted === 'string' ? layers.find(({ outputs }) => outputs.includes(text)) : undefined
  if (named.length > 1 && !byBlob) {
    const places = named.map(({ index, outputs }) => `${index} (makes ${outputs.join(', ')})`)
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `${option}: expected the name of one layer, received '${text}', which ${named.length} have`,
      { help: `Name it by what it makes or by its index: ${places.slice(0, 5).join('; ')}.` },
    )
  }
  const found =
    (named.length === 1 ? named[0] : byBlob) ?? (/^\d+$/.test(text) ? layers[Number(text)] : undefined)
  if (!found) throw unknownLayer(text, layers, option)
  if (found.type !== 'Input' && !constants.has(found.type)) return found
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `${option}: expected a layer that computes something, received '${found.name}' (${found.type})`,
    { help: 'Name one that reads it.' },
  )
}

function unknownLayer(wanted: string, layers: readonly GraphLayer[], option: string): TwinferError {
  const names = layers.flatMap(({ name, outputs }) => [name, ...outputs])
  const near = suggest(wanted, names)
  return new TwinferError(
    'TWINFER_INVALID_OPTION',
    `${option}: expected the name of a layer, of what it makes, or an index from 0 to ${layers.length - 1}, received '${wanted}'`,
    { help: `${near} \`twinfer inspect\` lists the layers.`.trim() },
  )
}

/** Those that the one leads to and that lead to the other, both included. */
function between({ layers }: NetworkGraph, first: GraphLayer, last: GraphLayer): readonly GraphLayer[] {
  const made = new Set(first.outputs)
  const behind = [first]
  for (const layer of layers.slice(first.index + 1, last.index + 1)) {
    if (!layer.inputs.some((blob) => made.has(blob))) continue
    behind.push(layer)
    for (const blob of layer.outputs) made.add(blob)
  }
  const read = new Set(last.inputs)
  const found = [last]
  for (const layer of behind.toReversed()) {
    if (layer === last || !layer.outputs.some((blob) => read.has(blob))) continue
    found.unshift(layer)
    for (const blob of layer.inputs) read.add(blob)
  }
  if (found[0] === first) return found
  const isTurned = last.index < first.index
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `to: expected a layer that '${first.name}' leads to, received '${last.name}'`,
    {
      help: isTurned
        ? 'Give the layer that comes first with --layer, and the last one with --to.'
        : 'They lie on branches beside each other: cut them out one by one, or from a layer that leads to both.',
    },
  )
}
