/** A dimension's size, or -1 where it is open: it has a name, or onnxruntime-web read a -1 as 2^32 - 1. */
export function knownSize(size: number | string): number {
  return typeof size === 'number' && size >= 0 && size < 2 ** 31 ? size : -1
}
