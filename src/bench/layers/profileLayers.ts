import type { ModelFile } from '../../file/ModelFile.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { TimedLayer } from '../Workbench.js'

/** What a layer costs inside a run. */
export interface LayerProfile {
  readonly name: string
  readonly type: string
  /** Null where layers cannot be told apart, as on a GPU. */
  readonly ms: number | null
  /** Of all layers' time. */
  readonly share: number | null
  /** 2 for each multiplication with a weight; null where the file does not tell how many there are. */
  readonly gflops: number | null
  /** What goes in, the weights and what comes out, each once. */
  readonly gbs: number | null
  /** `twinfer` where this package's kernel computes it in place of the engine's own; else null: no engine tells which. */
  readonly kernel: string | null
}

/** All layers of a type. */
export interface TypeProfile extends Omit<LayerProfile, 'name' | 'kernel'> {
  readonly count: number
}

/** What the file says of a layer. */
export interface LayerFacts {
  readonly type: string
  readonly inputs: readonly string[]
  /** The length of its longest dot product; 0 and null where that is not known, or there is none. */
  readonly dot: number | null
  readonly weightBytes: number
}

interface MeasuredLayer {
  readonly name: string
  readonly type: string
  readonly ms: number | null
  readonly flops: number | null
  readonly bytes: number | null
}

/** Puts the times of a run beside the arithmetic and the memory that the file tells of. */
export async function profileLayers(
  file: ModelFile,
  timed: readonly TimedLayer[],
  feeds: NamedTensors,
  { precision, kernels = [] }: { readonly precision: string; readonly kernels?: readonly string[] },
): Promise<readonly LayerProfile[]> {
  const { facts, aliases } = file.engine === 'ncnn' ? await ncnnFacts(file) : await mnnFacts(file)
  const shapes = new Map<string, readonly number[]>(
    Object.entries(feeds).map(([name, { shape }]) => [name, shape]),
  )
  for (const { blob, shape } of timed) shapes.set(blob, shape)
  const shapeOf = (blob: string) => shapes.get(blob) ?? shapes.get(aliases.get(blob) ?? blob)
  const measured = mergeBlobs(timed).map(({ name, type, ms, outputs }): MeasuredLayer => {
    const own = facts.get(name)
    const inputs = own?.inputs.map(shapeOf) ?? [undefined]
    const known = inputs.flatMap((shape) => (shape ? [shape] : []))
    const elements = [...known, ...outputs].map(elementsOf).reduce((a, b) => a + b, 0)
    const isWhole = own !== undefined && known.length === inputs.length
    return {
      name,
      type,
      ms,
      flops: own ? flopsOf(own, known[0], outputs[0]!) : null,
      bytes: isWhole ? elements * bytesOf(precision) + own.weightBytes : null,
    }
  })
  const all = totalOf(measured.map(({ ms }) => ms))
  const onKernels = new Set(kernels)
  return measured.map((layer) => ({
    name: layer.name,
    ...rated(layer, all),
    kernel: onKernels.has(layer.name) ? 'twinfer' : null,
  }))
}

/** The layers of each type together, what takes the most time first. */
export function profileTypes(layers: readonly LayerProfile[]): readonly TypeProfile[] {
  const types = new Map<string, LayerProfile[]>()
  for (const layer of layers) types.set(layer.type, [...(types.get(layer.type) ?? []), layer])
  const all = totalOf(layers.map(({ ms }) => ms))
  return [...types]
    .map(([type, own]) => {
      const ms = totalOf(own.map((layer) => layer.ms))
      return {
        type,
        ms,
        share: ms === null || !all ? null : ms / all,
        gflops: meanRate(own, 'gflops'),
        gbs: meanRate(own, 'gbs'),
        count: own.length,
      }
    })
    .sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0))
}

/** Over the layers of which it is known, by their time. */
function meanRate(layers: readonly LayerProfile[], key: 'gflops' | 'gbs'): number | null {
  let [amount, ms] = [0, 0]
  for (const layer of layers) {
    if (layer[key] === null || layer.ms === null) continue
    amount += layer[key] * layer.ms
    ms += layer.ms
  }
  return ms === 0 ? null : amount / ms
}

function rated(
  { type, ms, flops, bytes }: Omit<MeasuredLayer, 'name'>,
  all: number | null,
): Pick<LayerProfile, 'type' | 'ms' | 'share' | 'gflops' | 'gbs'> {
  const rate = (amount: number | null) => (amount === null || !ms ? null : amount / ms / 1e6)
  return {
    type,
    ms,
    share: ms === null || !all ? null : ms / all,
    gflops: rate(flops),
    gbs: rate(bytes),
  }
}

/** Null where one of them is not known. */
function totalOf(amounts: readonly (number | null)[]): number | null {
  let sum = 0
  for (const amount of amounts) {
    if (amount === null) return null
    sum += amount
  }
  return sum
}

const halved = new Set(['fp16', 'fp16-storage', 'bf16'])

function bytesOf(precision: string): number {
  return halved.has(precision) ? 2 : 4
}

/** Those whose longest dot product is not the only one. */
const compound = /LSTM|GRU|RNN|Attention|SDPA|Einsum/i

/** Of a direct algorithm: one that saves multiplications, as Winograd's does, shows as a higher rate. */
export function flopsOf(
  { type, dot }: Pick<LayerFacts, 'type' | 'dot'>,
  input: readonly number[] | undefined,
  output: readonly number[],
): number | null {
  if (!dot || compound.test(type)) return null
  if (!/deconv/i.test(type)) return 2 * dot * elementsOf(output)
  // Each value that goes in meets the weights, not each that comes out: those lie a stride apart.
  if (input === undefined) return null
  return (2 * dot * elementsOf(input) * channelsOf(output)) / channelsOf(input)
}

function channelsOf(shape: readonly number[]): number {
  return (shape.length > 3 ? shape[1] : shape[0]) ?? 1
}

interface Merged extends Pick<TimedLayer, 'name' | 'type' | 'ms'> {
  readonly outputs: readonly (readonly number[])[]
}

/** A layer with several blobs comes once for each, with its time at the first. */
function mergeBlobs(timed: readonly TimedLayer[]): readonly Merged[] {
  const merged: Merged[] = []
  for (const { name, type, ms, shape } of timed) {
    const last = merged.at(-1)
    if (last?.name !== name || last.type !== type) merged.push({ name, type, ms, outputs: [shape] })
    else {
      const sum = last.ms === null || ms === null ? null : last.ms + ms
      merged[merged.length - 1] = { ...last, ms: sum, outputs: [...last.outputs, shape] }
    }
  }
  return merged
}

interface NetworkFacts {
  readonly facts: ReadonlyMap<string, LayerFacts>
  /** Blobs that are others under another name. */
  readonly aliases: ReadonlyMap<string, string>
}

async function ncnnFacts(file: ModelFile): Promise<NetworkFacts> {
  const { layers, weights } = await file.ncnn()
  const bytes = new Map<number, number>()
  for (const block of weights?.blocks ?? [])
    bytes.set(block.layer, (bytes.get(block.layer) ?? 0) + block.bytes)
  const aliases = new Map<string, string>()
  for (const { type, inputs, outputs } of layers) {
    if (type !== 'Split') continue
    const source = aliases.get(inputs[0]!) ?? inputs[0]!
    for (const output of outputs) aliases.set(output, source)
  }
  const facts = layers.map(({ name, type, inputs, dot }, at): [string, LayerFacts] => [
    name,
    { type, inputs, dot, weightBytes: bytes.get(at) ?? 0 },
  ])
  return { facts: new Map(facts), aliases }
}

const stored = { fp32: 4, fp16: 2, bf16: 2, int8: 1 } as const

async function mnnFacts(file: ModelFile): Promise<NetworkFacts> {
  const { operators, weights, packed } = await file.mnnNet()
  const bytes = new Map<number, number>()
  const add = (operator: number, more: number) => bytes.set(operator, (bytes.get(operator) ?? 0) + more)
  for (const { operator, format, count } of weights) add(operator, count * stored[format])
  for (const { operator, plain, indices } of packed) add(operator, plain?.count ?? indices?.count ?? 0)
  // Constants count as weights of nobody, and are no blobs of a run; nor is what only turns the layout, which MNN does
  // while it copies.
  const constants = new Set(operators.flatMap(({ type, outputs }) => (type === 'Const' ? outputs : [])))
  const aliases = new Map<string, string>()
  for (const { type, inputs, outputs } of operators) {
    const source = type === 'ConvertTensor' ? inputs[0]! : undefined
    if (source !== undefined) aliases.set(outputs[0]!, aliases.get(source) ?? source)
  }
  const facts = operators.map(({ name, type, inputs, dot }, at): [string, LayerFacts] => [
    name,
    {
      type,
      inputs: inputs.filter((input) => !constants.has(input)),
      dot,
      weightBytes: bytes.get(at) ?? 0,
    },
  ])
  return { facts: new Map(facts), aliases }
}
