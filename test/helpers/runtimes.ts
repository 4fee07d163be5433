import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { patience } from './patience.js'
import { projectPath } from './projectPath.js'
import type { ScriptResult } from './runScript.js'

export interface Runtime {
  readonly name: 'node' | 'deno' | 'bun'
  /** Command and arguments before a script's path; undefined where it is not installed. */
  readonly command: readonly string[] | undefined
}

/** The runtimes of `npm run runtimes:install`, whose packages for a platform hold the binary itself. */
export const runtimes: readonly Runtime[] = [
  { name: 'node', command: [process.execPath] },
  { name: 'deno', command: withArguments(find('@deno', 'deno'), 'run', '-A', '--node-modules-dir=manual') },
  { name: 'bun', command: withArguments(find('@oven', 'bin/bun'), 'run') },
]

/** Runs a script's file in a process of its own, where a crash is a signal and a hang a timeout. */
export function runIn([command, ...first]: readonly string[], ...rest: readonly string[]): ScriptResult {
  // tap's own loaders are for Node.
  const { NODE_OPTIONS: _, ...env } = process.env
  const { status, signal, stdout, stderr } = spawnSync(command!, [...first, ...rest], {
    cwd: projectPath('.'),
    encoding: 'utf8',
    timeout: patience * 120_000,
    env,
  })
  return { status, signal, stdout, stderr }
}

function withArguments(binary: string | undefined, ...rest: string[]): readonly string[] | undefined {
  return binary === undefined ? undefined : [binary, ...rest]
}

function find(scope: string, binary: string): string | undefined {
  const folder = projectPath(`build/runtimes/node_modules/${scope}`)
  const packages = existsSync(folder) ? readdirSync(folder) : []
  return packages.map((name) => join(folder, name, binary)).find((path) => existsSync(path))
}
