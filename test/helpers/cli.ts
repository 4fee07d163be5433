import { spawnSync } from 'node:child_process'
import { requireAddonIn } from './lackingAddon.js'
import { patience } from './patience.js'
import { projectPath } from './projectPath.js'

const bin = projectPath('bin/twinfer.js')

export interface CliResult {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs bin/twinfer.js as a person would, with pipes in place of a terminal. */
export function cli(args: readonly string[], { cwd, env = {} }: CliOptions = {}): CliResult {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    timeout: patience * 60_000,
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  })
  requireAddonIn({ stdout, stderr }, env)
  return { status, signal, stdout, stderr }
}

/** With `--json`: the one document on stdout. Throws where stdout holds anything else. */
export function cliJson<T>(args: readonly string[], options?: CliOptions): CliResult & { json: T } {
  const result = cli([...args, '--json'], options)
  return { ...result, json: JSON.parse(result.stdout) as T }
}

export interface ErrorJson {
  readonly error: { readonly code: string; readonly message: string; readonly help: string }
}
