export interface Libc {
  readonly name: 'glibc' | 'musl'
  /** `''` for musl, which Node does not ask. */
  readonly version: string
}

interface Report {
  readonly header: { readonly glibcVersionRuntime?: string }
  readonly sharedObjects?: readonly string[]
}

let known: Libc | null | undefined

/** The C library that this Node runs on; null where there is no choice (not Linux) or it cannot be told. */
export function hostLibc(): Libc | null {
  known ??= process.platform === 'linux' && process.report ? readLibc() : null
  return known
}

/** Only a Node linked against glibc reports its version; musl shows in the name of the loader. */
function readLibc(): Libc | null {
  const { header, sharedObjects = [] } = process.report.getReport() as unknown as Report
  if (header.glibcVersionRuntime) return { name: 'glibc', version: header.glibcVersionRuntime }
  return sharedObjects.some((file) => file.includes('ld-musl')) ? { name: 'musl', version: '' } : null
}
