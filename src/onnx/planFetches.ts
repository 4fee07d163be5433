import { arrayForDType, isDType } from '../tensor/arrayForDType.js'
import type { DType } from '../tensor/DType.js'
import type { OnnxValueInfo } from './OnnxRuntime.js'

const floats: readonly DType[] = ['float32', 'float16', 'float64']

/**
 * Which tensors of floating-point numbers are fetched in one run: in their order, as many as `budget` bytes
 * hold. One whose shape onnxruntime could not infer counts as the largest that it could.
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
    const needed = bytes ?? largest
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
  let bytes = arrayForDType(type).BYTES_PER_ELEMENT
  if (!shape?.length) return null
  for (const size of shape) {
    if (typeof size !== 'number' || size < 0) return null
    bytes *= size
  }
  return bytes
}
