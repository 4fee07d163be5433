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

/**
 * Decibels with one decimal, down, as verdicts say them; `identical` where there is no error, `n/a` where
 * nothing could be measured.
 */
export function formatDb(decibels: number | null): string {
  if (decibels === null || Number.isNaN(decibels)) return 'n/a'
  return decibels >= IDENTICAL_DB ? 'identical' : `${(Math.floor(decibels * 10) / 10).toFixed(1)} dB`
}
