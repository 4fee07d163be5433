import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { crashOf } from '../process/childProcesses.js'
import { writeError } from './CommandResult.js'
import { answered, wantsJson } from './processes.js'

/**
 * Runs `script` with `args` in a child process of the same Node and returns its exit code. A child that a
 * signal kills becomes TWINFER_ENGINE_CRASHED and exit code 2; signals that interrupt are passed on to the
 * child, and end this process the same way.
 */
export async function supervise(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    windowsHide: true,
  })
  let hasAnswered = false
  child.on('message', (message) => {
    hasAnswered ||= message === answered
  })
  const stopForwarding = forwardSignals(child)
  const { code, signal } = await ended(child)
  stopForwarding()
  // What shows progress hides the cursor, and a process that is killed cannot give it back.
  if (signal && process.stderr.isTTY) process.stderr.write('\u001B[?25h')
  if (signal && interruptions.includes(signal)) {
    process.kill(process.pid, signal)
    return 128 + constants.signals[signal] // what a shell shows, should the signal not end this process at once
  }
  const crash = crashOf(code, signal)
  if (crash === undefined) return code ?? 2
  reportCrash(crash, args, hasAnswered)
  return 2
}

/** `close`, not `exit`: only then has every message of the child arrived. */
function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

/** Ctrl-C reaches the whole group by itself, `kill PID` only this process. */
function forwardSignals(child: ChildProcess): () => void {
  const listeners = interruptions.map((signal) => [signal, () => child.kill(signal)] as const)
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

const causes: Readonly<Record<string, string>> = {
  SIGILL: 'It used an instruction that this CPU does not have: see `twinfer doctor`.',
  SIGKILL: 'The system killed it, most often because memory ran out.',
}

/** Says what happened to a child that gave no exit code. */
function reportCrash(crash: string, args: readonly string[], hasAnswered: boolean): void {
  const when = hasAnswered ? 'while it ended; the answer above is complete' : 'before it gave an answer'
  writeError(
    {
      code: 'TWINFER_ENGINE_CRASHED',
      message: `\`twinfer ${args.join(' ')}\` crashed (${crash}) ${when}`,
      help: [
        causes[crash] ?? 'The model file may be damaged in a way that the engine does not check.',
        'Look at the file with `twinfer inspect MODEL`; if it is sound, please report this.',
      ].join(' '),
      log: [],
    },
    wantsJson(args) && !hasAnswered,
  )
}

/** Signals that a person or a system sends to end a program: no crash. */
const interruptions: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
