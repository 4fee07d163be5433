/** One JSON document. NaN and infinities become null, as JSON has neither; 64-bit integers become numbers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item), 2)
}
