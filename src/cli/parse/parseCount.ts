import { InvalidArgumentError } from 'commander'

/** A whole number from 1 up. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1 && /^\d+$/.test(text)) return count
  throw new InvalidArgumentError('Expected a whole number from 1 up.')
}
