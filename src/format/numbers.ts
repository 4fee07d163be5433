const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes in decimal units, as file managers and registries show them: 18524200 gives `18.5 MB`. */
export function formatBytes(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1
  return `${size.toFixed(digits)} ${units[unit]}`
}

/** A duration given in milliseconds, in the unit that suits its size: `84 µs`, `12.3 ms`, `2.41 s`. */
export function formatMs(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'n/a'
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)} µs`
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 10_000) return `${milliseconds.toFixed(0)} ms`
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** A number with what it counts: `1 sample`, `2 samples`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Up to six significant digits: enough to see an fp16 difference, few enough for a table. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return 'n/a'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value)
  const size = Math.abs(value)
  return size < 1e-4 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(6)))
}

/** `[1, 3, 224, 224]`; an open dimension is `?`, an unknown shape `?` alone. */
export function formatShape(shape: readonly number[] | null | undefined): string {
  if (!shape) return '?'
  return `[${shape.map((size) => (size < 0 ? '?' : String(size))).join(', ')}]`
}

/**
 * The SQNR of identical outputs. The true value is infinite, which JSON cannot say; 400 dB is beyond what two
 * different doubles can reach (about 320 dB). Also the lower limit, for a reference that is zero throughout.
 */
export const IDENTICAL_DB = 400

/** A ratio of powers (squared norms) in dB, within ±IDENTICAL_DB. */
export function powerRatioDb(signal: number, noise: number): number {
  if (noise === 0) return IDENTICAL_DB
  return Math.max(-IDENTICAL_DB, Math.min(IDENTICAL_DB, 10 * Math.log10(signal / noise)))
}

/** Decibels down to a tenth: rounded, one that is just below a bar would look like the bar. */
export function downToTenths(decibels: number): number {
  return Math.floor(decibels * 10) / 10
}

/**
 * Decibels with one decimal, down, as verdicts say them; `identical` where there is no error, `n/a` where
 * nothing could be measured.
 */
export function formatDb(decibels: number | null | undefined): string {
  if (decibels === null || decibels === undefined || Number.isNaN(decibels)) return 'n/a'
  return decibels >= IDENTICAL_DB ? 'identical' : `${downToTenths(decibels).toFixed(1)} dB`
}
