import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { crashOf } from '../supervise/crashOf.js'
import { explainCrash } from './explainCrash.js'
import type { ProbeFindings, Problem } from './Findings.js'

/** A driver that hangs must not hang the command that is asked why. */
const mostMs = 30_000

const defaultScript = fileURLToPath(new URL('./probe.js', import.meta.url))

type Message = Partial<Omit<ProbeFindings, 'problems'>> & { readonly problem?: Problem }

/** Loads the addon in a child process and collects what it says. Never throws: a crash is a finding. */
export function runProbe(script = defaultScript): Promise<ProbeFindings> {
  return new Promise((resolve) => {
    const child = fork(script, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: mostMs })
    let found: Omit<ProbeFindings, 'problems'> = {}
    let printed = ''
    const problems: Problem[] = []
    child.stderr?.on('data', (chunk) => {
      printed = (printed + chunk).slice(-2000)
    })
    child.on('message', ({ problem, ...finding }: Message) => {
      if (problem) problems.push(problem)
      found = { ...found, ...finding }
    })
    child.once('error', (error) =>
      problems.push({ message: error.message, help: 'Node could not start itself.' }),
    )
    child.once('close', (code, signal) => {
      const crash = crashOf(code, signal) ?? (code === 0 ? undefined : `exit code ${code}`)
      if (crash !== undefined) problems.push(explainCrash(crash, found, printed.trim()))
      resolve({ ...found, problems })
    })
  })
}
