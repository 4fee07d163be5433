/** Names that Windows keeps for devices, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i
const longest = 120

/**
 * Gives each tensor name a file name: tensor names may hold slashes, colons and anything else. Names that
 * become equal (also to a file system that ignores case) are numbered.
 */
export function npyFileNames(): (name: string) => string {
  const taken = new Set<string>()
  return (name) => {
    const stem = safeStem(name)
    let candidate = stem
    for (let number = 2; taken.has(candidate.toLowerCase()); number++) candidate = `${stem}_${number}`
    taken.add(candidate.toLowerCase())
    return `${candidate}.npy`
  }
}

function safeStem(name: string): string {
  const stem = name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+|\.+$/g, '_')
    .slice(0, longest)
  if (stem === '') return 'output'
  return reserved.test(stem.split('.')[0]!) ? `_${stem}` : stem
}
