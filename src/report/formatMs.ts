/** A duration given in milliseconds, in the unit that suits its size: `84 µs`, `12.3 ms`, `2.41 s`. */
export function formatMs(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'n/a'
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)} µs`
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 10_000) return `${milliseconds.toFixed(0)} ms`
  return `${(milliseconds / 1000).toFixed(1)} s`
}
