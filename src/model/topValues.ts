export interface TopValue {
  /** Into the flat data. */
  readonly index: number
  readonly value: number
}

/** The largest values, largest first, equal ones in their order; NaN is never among them. */
export function topValues(values: ArrayLike<number>, count = 5): readonly TopValue[] {
  const top: TopValue[] = []
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    if (Number.isNaN(value) || (top.length === count && value <= top[count - 1]!.value)) continue
    const place = top.findIndex((other) => value > other.value)
    top.splice(place === -1 ? top.length : place, 0, { index, value })
    if (top.length > count) top.pop()
  }
  return top
}
