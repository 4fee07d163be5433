import { IDENTICAL_DB } from '../compare/identicalDb.js'

/**
 * Decibels with one decimal, down, as verdicts say them; `identical` where there is no error, `n/a` where
 * nothing could be measured.
 */
export function formatDb(decibels: number | null): string {
  if (decibels === null || Number.isNaN(decibels)) return 'n/a'
  return decibels >= IDENTICAL_DB ? 'identical' : `${(Math.floor(decibels * 10) / 10).toFixed(1)} dB`
}
