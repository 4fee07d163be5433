/** JUnit's unit, to the microsecond. */
export function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(6))
}
