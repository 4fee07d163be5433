/** As fast-xml-builder tells attributes from elements. */
export function attributes(values: Readonly<Record<string, string | number>>): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`@_${name}`, String(value)]))
}
