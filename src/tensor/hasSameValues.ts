interface Values {
  readonly length: number
  readonly [at: number]: number | bigint
}

/** Whether two arrays hold equal values in one order, whatever their types; NaN equals nothing. */
export function hasSameValues(a: Values, b: Values): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}
