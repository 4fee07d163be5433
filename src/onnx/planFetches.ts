import { arrayForDType, isDType } from '../tensor/arrayForDType.js'
import type { DType } from '../tensor/DType.js'
import { elementsOf } from '../tensor/elementsOf.js'
import { knownSize } from './knownSize.js'
import type { OnnxValueInfo } from './OnnxRuntime.js'

const floats: readonly DType[] = ['float32', 'float16', 'float64']

/**
 * Which tensors of floating-point numbers are fetched in one run: in their order, as many as `budget` bytes
 * hold. One whose shape onnxruntime could not infer counts as the largest that it could, within a sixteenth of
 * the budget: every part is a session and a run.
 */
export function planFetches(
  blobs: readonly string[],
  metadata: readonly OnnxValueInfo[],
  budget = 128 * 2 ** 20,
): readonly (readonly string[])[] {
  const infos = new Map(metadata.map((info) => [info.name, info]))
  const wanted = blobs.flatMap((blob) => {
    const bytes = bytesOf(infos.get(blob)!)
    return bytes === undefined ? [] : [{ blob, bytes }]
  })
  const largest = wanted.reduce((most, { bytes }) => Math.max(most, bytes ?? 0), 0)
  const parts: string[][] = []
  let room = 0
  for (const { blob, bytes } of wanted) {
    const needed = bytes ?? Math.min(largest, budget / 16)
    if (parts.length === 0 || needed > room) {
      parts.push([])
      room = budget
    }
    parts.at(-1)!.push(blob)
    room -= needed
  }
  return parts
}

/** Undefined where it is no tensor of floating-point numbers, null where its shape is not known. */
function bytesOf({ isTensor, type, shape }: OnnxValueInfo): number | null | undefined {
  if (!isTensor || !isDType(type) || !floats.includes(type)) return undefined
  const sizes = (shape ?? []).map(knownSize)
  // [] says nothing: it is a scalar, or a tensor of unknown rank.
  if (sizes.length === 0 || sizes.includes(-1)) return null
  return elementsOf(sizes) * arrayForDType(type).BYTES_PER_ELEMENT
}
