import { readFile } from 'node:fs/promises'
import type { EngineWeight } from '../../check/against/Comparand.js'
import type { MatchedWeight, WeightComparison, WeightFault } from '../../check/against/WeightComparison.js'
import { bytesPerValue, type ValueFormat } from '../../check/weights/StoredTensor.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { native } from '../../native/native.js'
import { encodeBfloat16, encodeFloat16 } from '../../tensor/float16.js'
import type { CauseCode } from '../Cause.js'
import { isOtherModel, isScaled } from './weightCauses.js'

/** Bytes of a model that are others in the copy. */
export interface Patch {
  readonly file: 'model' | 'weights'
  /** Null where they take the place of the whole file. */
  readonly offset: number | null
  readonly bytes: Uint8Array
}

/** What reads a stored tensor of the candidate's files. */
export type ReadWeight = (weight: EngineWeight, file: Patch['file']) => Promise<Float32Array>

/** One thing that a copy can put right; where nobody knows how it was, in several ways, the likeliest first. */
export interface Correction {
  /** What is said of several of a kind together. */
  readonly kind: 'text' | 'weights' | 'factor'
  /** Of a kind `weights` or `factor`: what it is about. */
  readonly what: readonly [subject: string, object: string]
  readonly ways: number
  /** It may be as it should be: without it is a way, too, and the first where something else is damaged. */
  readonly isDoubtful: boolean
  patch(way: number, read: ReadWeight): Promise<Patch>
}

/** Of what a damaged weight may have been. */
const mostWays = 4

/**
 * What the files of a candidate have wrong that its source tells how to put right: the text of a .param (a byte order mark in
 * front, a missing first line, wrong counts in the second), damaged weights among sound ones, scaled ones where that is a
 * cause. Bytes that are missing and whole numbers are not restored.
 */
export async function correctionsOf(
  file: ModelFile,
  { causes, compared }: { readonly causes: ReadonlySet<CauseCode>; readonly compared: WeightComparison },
): Promise<readonly Correction[]> {
  const text = await mendedText(file)
  const restorable = compared.faults.filter(
    ({ kind, weight }) =>
      // What float16 cannot hold is not put right by writing it again.
      kind !== 'underflow' &&
      weight.format !== 'int8' &&
      !(kind === 'other' && isOtherModel(compared)) &&
      // It may be a layout that is not known: only what a layer computes speaks against it.
      !(kind === 'reordered' && !causes.has('WEIGHTS_OTHER_MODEL')),
  )
  // Several things may be wrong with one.
  const damaged = [...new Map(restorable.map((fault) => [fault.weight, fault])).values()]
  const isDamaged = (weight: EngineWeight) => damaged.some((fault) => fault.weight === weight)
  const scaled = causes.has('WEIGHTS_SCALED')
    ? compared.matched.filter(
        (match) => isScaled(match) && match.weight.format !== 'int8' && !isDamaged(match.weight),
      )
    : []
  return [
    ...(text ? [text] : []),
    ...damaged.map((fault) => restored(file, fault)),
    // Converters may mean a factor, and take it back in another layer.
    ...scaled.map((match) => unscaled(file, match, damaged.length > 0)),
  ]
}

function restored(file: ModelFile, { weight, source, originals }: WeightFault): Correction {
  let ways = 0
  for (const _ of originals()) if (++ways === mostWays) break
  return {
    kind: 'weights',
    what: [source, weight.layer],
    ways,
    isDoubtful: false,
    patch: async (way) => {
      let number = 0
      for (const values of originals()) if (number++ === way) return patchOf(file, weight, values)
      throw new RangeError(`expected a way below ${ways}, received ${way}`)
    },
  }
}

function unscaled(file: ModelFile, { weight, scale }: MatchedWeight, isDoubtful: boolean): Correction {
  const { factor } = scale!
  return {
    kind: 'factor',
    what: [weight.layer, String(Number(factor.toPrecision(6)))],
    ways: 1,
    isDoubtful,
    patch: async (_, read) => {
      const values = await read(weight, fileOf(file, weight))
      return patchOf(
        file,
        weight,
        values.map((value) => value / factor),
      )
    },
  }
}

function patchOf(file: ModelFile, weight: EngineWeight, values: Float32Array): Patch {
  return { file: fileOf(file, weight), offset: weight.offset, bytes: encode(values, weight.format) }
}

function fileOf({ engine }: ModelFile, { external }: EngineWeight): Patch['file'] {
  return engine === 'ncnn' || external ? 'weights' : 'model'
}

function encode(values: Float32Array, format: ValueFormat): Uint8Array {
  switch (format) {
    case 'fp16':
      return new Uint8Array(encodeFloat16(values).buffer)
    case 'bf16':
      return new Uint8Array(encodeBfloat16(values).buffer)
    default:
      return new Uint8Array(values.slice().buffer, 0, values.length * bytesPerValue.fp32)
  }
}

/** Undefined where nothing is wrong with it as a text. */
async function mendedText({ engine, path, model }: ModelFile): Promise<Correction | undefined> {
  if (engine !== 'ncnn' || path?.toLowerCase().endsWith('.bin')) return undefined
  const mended = native().ncnn.mendParam(typeof model === 'string' ? await readFile(model) : model)
  if (mended === undefined) return undefined
  const { text, hadByteOrderMark, lackedMagic, counts, rightCounts } = mended
  const changes = [
    ...(hadByteOrderMark ? ['took the byte order mark away'] : []),
    ...(lackedMagic ? ['put the first line, the magic number, back'] : []),
    ...(counts === '' ? [] : [`corrected the counts on line 2 from '${counts}' to '${rightCounts}'`]),
  ]
  return {
    kind: 'text',
    what: [changes.join(', '), ''],
    ways: 1,
    isDoubtful: false,
    patch: async () => ({ file: 'model', offset: null, bytes: text }),
  }
}
