/** To so many decimals, downwards: lest 79.96 is said to be 80.0 and below 80. */
export function roundDown(value: number, decimals: number): number {
  return Math.floor(value * 10 ** decimals) / 10 ** decimals
}

/** To so many significant digits, upwards. */
export function roundUp(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits))
  if (rounded >= value) return rounded
  const step = 10 ** (Math.floor(Math.log10(value)) - digits + 1)
  return Number((rounded + step).toPrecision(digits))
}
