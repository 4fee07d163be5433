import { isDeepStrictEqual } from 'node:util'
import type { InputPairing } from '../compare/outputs/pairInputs.js'
import type { Pixels, Preprocessing } from '../preprocess/Preprocessing.js'
import { preprocess } from '../preprocess/preprocess.js'
import { resolvePreprocessing } from '../preprocess/resolvePreprocessing.js'
import {
  type ImageSource,
  type InputSource,
  type ModelRecord,
  pixelsOf,
} from '../preprocess/sidecar/ModelRecord.js'
import { recordsOf } from '../preprocess/sidecar/sidecarFile.js'
import { npyMember } from '../tensor/npz/writeNpz.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'
import type { ZipMember } from '../zip/ZipArchive.js'
import { memberNames, type Pack } from './Pack.js'
import type { PackImage } from './PackManifest.js'

/** Pictures by the inputs that they become. */
export type NamedImages = InputSource | Readonly<Record<string, InputSource>>

/** Pictures as a pack holds them, and the inputs that they became. */
export interface RecordedImages {
  readonly images: readonly PackImage[]
  readonly members: readonly ZipMember[]
  readonly feeds: NamedTensors
}

/**
 * Decodes pictures once, for the pack and for the inputs. Throws what `ModelRecord.feeds` throws.
 */
export async function recordImages(
  record: ModelRecord,
  inputs: Parameters<ModelRecord['feeds']>[0],
  given: NamedImages,
): Promise<RecordedImages> {
  const names = Object.keys(record.records)
  const nameMember = memberNames('images')
  const images: PackImage[] = []
  const members: ZipMember[] = []
  const decoded: Record<string, Pixels> = Object.create(null)
  for (const name of names) {
    const source = sourceFor(name, names, given)
    if (source === undefined) continue // feeds() says which one is missing
    const pixels = await pixelsOf(source)
    decoded[name] = pixels
    const { width, height, channels, order = 'RGB', orientation = 1 } = pixels
    const member = nameMember(name)
    images.push({ input: name, width, height, channels, order, orientation, member })
    members.push(npyMember(member, new Tensor(packed(pixels), [height, width, channels])))
  }
  // What is made of sound is fed beside the pictures; a pack keeps the input that it became.
  const others = isOneSource(given) ? {} : given
  const feeds = await record.feeds(inputs, names.length === 0 ? given : { ...others, ...decoded })
  return { images, members, feeds }
}

function sourceFor(name: string, names: readonly string[], given: NamedImages): ImageSource | undefined {
  if (isOneSource(given)) return names.length === 1 ? (given as ImageSource) : undefined
  const named = given as Readonly<Record<string, ImageSource>>
  return Object.hasOwn(named, name) ? named[name] : undefined
}

function isOneSource(given: NamedImages): given is InputSource {
  if (typeof given !== 'object' || given instanceof URL || ArrayBuffer.isView(given)) return true
  return 'data' in given || 'samples' in given
}

/** Rows without what lies between them. */
function packed({ data, width, height, channels, stride = width * channels }: Pixels): Uint8Array {
  const row = width * channels
  const rows = new Uint8Array(row * height)
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, y * stride + row), y * row)
  return rows
}

/** What the inputs become when they are made again from a pack's pictures. */
export interface RemadeInputs {
  /** By the pack's record, under the pack's names. */
  readonly recorded: NamedTensors
  /** By the record of the model's own sidecar, under the model's names. */
  readonly own: NamedTensors
  /** Of fields of the model's record, in the order of the pictures. */
  readonly differences: readonly RecordDifference[]
}

/** A field of the model's record that is not as the pack's is. */
export interface RecordDifference {
  readonly input: string
  readonly field: string
  readonly recorded: unknown
  readonly own: unknown
}

/**
 * The inputs of a pack made again from its pictures: by the model's own record where it has a sidecar with one, else by
 * the pack's. Undefined where the pack has no pictures.
 */
export async function remakeInputs(
  pack: Pack,
  model: ModelRecord,
  { pairs }: InputPairing,
): Promise<RemadeInputs | undefined> {
  const { images = [], sidecar } = pack.manifest
  if (images.length === 0 || !sidecar) return undefined
  const [records, ownRecords] = [recordsOf(sidecar), model.records]
  const recorded: Record<string, Tensor> = Object.create(null)
  const own: Record<string, Tensor> = Object.create(null)
  const differences: RecordDifference[] = []
  for (const image of images) {
    const { input } = image
    const name = pairs.find(({ reference }) => reference === input)?.candidate ?? input
    const pixels = await readPixels(pack, image)
    const record = records[input]!
    const ownRecord = Object.hasOwn(ownRecords, name) ? ownRecords[name] : undefined
    if (ownRecord === undefined) {
      recorded[input] = preprocess(pixels, record)
    } else {
      own[name] = preprocess(pixels, ownRecord)
      differences.push(...differencesOf(input, record, ownRecord))
    }
  }
  return { recorded, own, differences }
}

/** Throws what `Pack.read` throws. */
async function readPixels(
  pack: Pack,
  { width, height, channels, order, orientation, member }: PackImage,
): Promise<Pixels> {
  const shape = [height, width, channels]
  const { data } = await pack.read({ member, shape, dtype: 'uint8', layout: 'NCHW' })
  return { data: data as Uint8Array, width, height, channels, order, orientation }
}

/** With defaults filled in: what a record leaves out and another spells out is the same. */
function differencesOf(
  input: string,
  recorded: Preprocessing,
  own: Preprocessing,
): readonly RecordDifference[] {
  const [was, is] = [resolvePreprocessing(recorded), resolvePreprocessing(own)]
  const { channels: _, ...fields } = was
  return (Object.keys(fields) as (keyof typeof fields)[])
    .filter((field) => !isDeepStrictEqual(was[field], is[field]))
    .map((field) => ({ input, field, recorded: was[field], own: is[field] }))
}
