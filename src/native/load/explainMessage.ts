import type { LoadFailure } from './LoadFailure.js'

interface Pattern {
  readonly pattern: RegExp
  readonly explain: (found: string) => LoadFailure
}

/** What the dynamic linker or Node says, and what it means for this package. */
const patterns: readonly Pattern[] = [
  {
    pattern: /ERR_DLOPEN_DISABLED|loading addons is disabled|--no-addons/i,
    explain: () => ({
      reason: 'this Node may not load native addons',
      help: 'Start it without --no-addons; with the permission model, add --allow-addons.',
    }),
  },
  {
    pattern: /(\S+\.so[.\d]*): cannot open shared object|Error loading shared library (\S+?):/,
    explain: (library) => ({
      reason: `the system has no ${library}`,
      help: 'Install the package that holds it (`apt-file search` names it on Debian).',
    }),
  },
  {
    pattern: /static TLS block/,
    explain: () => ({
      reason: 'there is no room left for the thread-local memory of a library that it needs',
      help: 'Load twinfer before other addons.',
    }),
  },
  {
    pattern: /failed to map segment|Operation not permitted/,
    explain: () => ({
      reason: 'the system does not allow to execute files from there',
      help: 'Is that file system mounted with noexec? Install on another one.',
    }),
  },
  {
    pattern: /did not self-register|NODE_MODULE_VERSION/,
    explain: () => ({ reason: 'it is not an addon for this Node', help: 'Use Node 20.19 or newer.' }),
  },
]

/** A cause that shows only in the error; undefined where none is known. */
export function explainMessage(error: unknown): LoadFailure | undefined {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  for (const { pattern, explain } of patterns) {
    const match = pattern.exec(`${code} ${message}`)
    if (match) return explain(match.slice(1).find(Boolean) ?? '')
  }
  return undefined
}
