import { type ParamPlace, paramError, truncatedError } from './paramError.js'

/** The `key=value` items of a line. A quoted string may hold blanks, so a split at blanks is not enough. */
export function splitValues(
  text: string,
  place: ParamPlace,
): readonly (readonly [key: number, value: string])[] {
  const items: (readonly [number, string])[] = []
  const item = /\s*([-+]?\d+)=("[^"]*"(?=\s|$)|[^\s"]+|)(?=\s|$)/y
  let at = 0
  const end = text.trimEnd().length
  while (at < end) {
    item.lastIndex = at
    const match = item.exec(text)
    if (!match) throw unreadable(text.slice(at).trim(), place)
    const [whole, key, value] = match
    if (value === '') throw truncatedError(place, `parameter ${key} has no value`)
    items.push([Number(key), value!])
    at += whole.length
  }
  return items
}

function unreadable(rest: string, place: ParamPlace) {
  if (/^[-+]?\d+="[^"]*$/.test(rest)) return truncatedError(place, `the string ${rest} has no closing quote`)
  if (/^[-+]?\d*$/.test(rest)) return truncatedError(place, `expected key=value, found '${rest}'`)
  return paramError(
    place,
    `expected key=value, found '${rest.slice(0, 40)}'`,
    'Parameters look like 0=16 or 4=1,2,3.',
  )
}
