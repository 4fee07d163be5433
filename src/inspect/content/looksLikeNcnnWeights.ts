/** ncnn starts each tagged blob with one of these (facts: modelbin.cpp): fp32, fp16, bf16, int8. */
export const storageTags: ReadonlySet<number> = new Set([0x0002c056, 0x01306b47, 0x01348b83, 0x000d4b38])

/** A known tag, or tag 0 (raw fp32) followed by numbers of the size that weights have. */
export function looksLikeNcnnWeights(view: DataView): boolean {
  const tag = view.getUint32(0, true)
  if (storageTags.has(tag)) return true
  if (tag !== 0 || view.byteLength < 20) return false
  return [4, 8, 12, 16].every((offset) => {
    const size = Math.abs(view.getFloat32(offset, true))
    return size === 0 || (size > 1e-12 && size < 1e6)
  })
}
