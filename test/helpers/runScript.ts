import { spawnSync } from 'node:child_process'
import { requireAddonIn } from './lackingAddon.js'
import { patience } from './patience.js'
import { projectPath } from './projectPath.js'

export interface ScriptResult {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** What a script gives that ran to its end without a word. */
export const clean: ScriptResult = { status: 0, signal: null, stdout: '', stderr: '' }

/** Runs a module's source in a process of its own, where a crash is a signal and a hang a timeout. */
export function runScript(source: string, env: Record<string, string> = {}): ScriptResult {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', source],
    { cwd: projectPath('.'), encoding: 'utf8', timeout: patience * 60_000, env: { ...process.env, ...env } },
  )
  requireAddonIn({ stdout, stderr }, env)
  return { status, signal, stdout, stderr }
}
