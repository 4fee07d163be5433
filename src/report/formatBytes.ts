const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes in decimal units, as file managers and registries show them: 18524200 gives `18.5 MB`. */
export function formatBytes(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1
  return `${size.toFixed(digits)} ${units[unit]}`
}
