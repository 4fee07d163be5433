/** `[1, 3, 224, 224]`; an open dimension is `?`, an unknown shape `?` alone. */
export function formatShape(shape: readonly number[] | null | undefined): string {
  if (!shape) return '?'
  return `[${shape.map((size) => (size < 0 ? '?' : String(size))).join(', ')}]`
}
