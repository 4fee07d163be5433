import { TwinferError } from '../../errors/TwinferError.js'
import { paramMagic } from '../model/correctedCopy.js'

/** Bits of ncnn's feature mask, parameter 31 of a layer: what that layer does without. */
export const maskBits = { fp16Arithmetic: 1, fp16Storage: 2, bf16: 4 } as const

/** A blob that an unmasked layer hands to a masked one: in low precision, where the masked layer reads fp32. */
export interface Bridge {
  /** The layer that makes the blob. */
  readonly from: string
  readonly to: string
  readonly blob: string
  /** The layer that widens it, which was put between the two. */
  readonly layer: string
}

export interface MaskedParam {
  readonly text: string
  readonly bridges: readonly Bridge[]
  /** Places in the new text of the layers whose blobs are fp32 among themselves: the masked ones, and the bridges. */
  readonly wide: ReadonlySet<number>
}

interface Layer {
  readonly type: string
  readonly name: string
  readonly bottoms: readonly string[]
  readonly tops: readonly string[]
  readonly parameters: string
}

/**
 * The text of a `.param` with the feature mask of some layers (by their place in it) set, beside what it has already.
 *
 * ncnn (20261020, `NetPrivate::convert_layout`) narrows an fp32 blob for a layer that stores less, but does not widen a
 * 16-bit one for a layer whose storage is masked: its fp32 kernel would read past the end. So wherever a layer that is
 * not masked feeds one that is, a DeepCopy comes between. No processor's DeepCopy stores 16 bits, and what stores none
 * is widened for. Every Split is masked as well: it then hands on whatever it gets, where it would narrow fp32 for layers
 * that want it. No weights are added or moved: the `.bin` is the same.
 *
 * @throws TwinferError TWINFER_MODEL_UNSUPPORTED for a text whose layers are not one a line.
 */
export function maskLayers(text: string, masked: ReadonlySet<number>, bits: number): MaskedParam {
  const layers = parseLayers(text)
  const storage = bits & ~maskBits.fp16Arithmetic
  const maskOf = new Map([...masked].map((at) => [at, bits]))
  if (storage === 0 || masked.size === 0) return writeParam(layers, maskOf, [])
  const producers = new Map(layers.flatMap(({ tops }, at) => tops.map((blob) => [blob, at] as const)))
  for (const [at, { type }] of layers.entries())
    if (type === 'Split' && !masked.has(at)) maskOf.set(at, storage)
  const isWide = (blob: string): boolean => {
    const at = producers.get(blob)
    if (at === undefined) return false
    const { type, bottoms } = layers[at]!
    return type === 'Split' ? isWide(bottoms[0]!) : masked.has(at) || type === 'Input'
  }
  const narrow: Narrow[] = []
  for (const at of masked)
    for (const [bottom, blob] of layers[at]!.bottoms.entries())
      if (!isWide(blob)) narrow.push({ at, bottom, from: sourceOf(blob, layers, producers) })
  return writeParam(layers, maskOf, narrow)
}

/** A bottom of a masked layer that comes in 16 bits. */
interface Narrow {
  readonly at: number
  readonly bottom: number
  readonly from: string
}

function sourceOf(blob: string, layers: readonly Layer[], producers: ReadonlyMap<string, number>): string {
  const layer = layers[producers.get(blob) ?? -1]
  if (layer === undefined) return blob
  return layer.type === 'Split' ? sourceOf(layer.bottoms[0]!, layers, producers) : layer.name
}

function writeParam(
  layers: readonly Layer[],
  maskOf: ReadonlyMap<number, number>,
  narrow: readonly Narrow[],
): MaskedParam {
  const taken = new Set(layers.flatMap(({ name, tops }) => [name, ...tops]))
  const lines: string[] = []
  const bridges: Bridge[] = []
  const wide = new Set<number>()
  for (const [at, layer] of layers.entries()) {
    const bottoms = [...layer.bottoms]
    for (const { bottom, from } of narrow.filter((one) => one.at === at)) {
      const blob = bottoms[bottom]!
      const widened = freshName(`${blob}_fp32`, taken)
      wide.add(lines.length)
      lines.push(
        lineOf({ type: 'DeepCopy', name: widened, bottoms: [blob], tops: [widened], parameters: '' }),
      )
      bridges.push({ from, to: layer.name, blob, layer: widened })
      bottoms[bottom] = widened
    }
    const mask = maskOf.get(at)
    if (mask !== undefined) wide.add(lines.length)
    const parameters = mask === undefined ? layer.parameters : withMask(layer.parameters, mask)
    lines.push(lineOf({ ...layer, bottoms, parameters }))
  }
  const blobs = layers.reduce((sum, { tops }) => sum + tops.length, bridges.length)
  return { text: [paramMagic, `${lines.length} ${blobs}`, ...lines, ''].join('\n'), bridges, wide }
}

function parseLayers(text: string): readonly Layer[] {
  const [first = '', counts = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const count = Number(counts.trim().split(/\s+/)[0])
  const layers = lines.slice(0, Number.isSafeInteger(count) ? count : 0).map(parseLayer)
  if (first.trim() === paramMagic && layers.length === count && layers.every((layer) => layer !== undefined))
    return layers as readonly Layer[]
  throw new TwinferError(
    'TWINFER_MODEL_UNSUPPORTED',
    `expected a .param as text with ${counts.trim() || 'its counts'} and one layer a line, received another form`,
    {
      help: 'A binary .param has no place for a line to be changed in: give the text that it was made from.',
    },
  )
}

function parseLayer(line: string): Layer | undefined {
  const [, type, name, ins, outs] = /^\s*(\S+)\s+(\S+)\s+(\d+)\s+(\d+)/.exec(line) ?? []
  if (type === undefined) return undefined
  const [bottoms, tops] = [Number(ins), Number(outs)]
  // Parameters may hold texts with spaces and stay as they are.
  const blobs = RegExp(`^\\s*\\S+\\s+\\S+\\s+\\d+\\s+\\d+((?:\\s+\\S+){${bottoms + tops}})(.*)$`).exec(line)
  if (!blobs) return undefined
  const names = blobs[1]!.trim().split(/\s+/).filter(Boolean)
  const parameters = blobs[2]!.trim()
  return { type, name: name!, bottoms: names.slice(0, bottoms), tops: names.slice(bottoms), parameters }
}

function lineOf({ type, name, bottoms, tops, parameters }: Layer): string {
  const start = `${type.padEnd(24)} ${name.padEnd(24)} ${bottoms.length} ${tops.length}`
  return [start, ...bottoms, ...tops, ...(parameters === '' ? [] : [parameters])].join(' ')
}

const given = /(^|\s)31=(-?\d+)(?=\s|$)/

function withMask(parameters: string, bits: number): string {
  if (!given.test(parameters)) return `${parameters} 31=${bits}`.trim()
  return parameters.replace(
    given,
    (_, space: string, earlier: string) => `${space}31=${Number(earlier) | bits}`,
  )
}

function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let i = 2; taken.has(name); i++) name = `${wanted}${i}`
  taken.add(name)
  return name
}
