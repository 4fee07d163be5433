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
