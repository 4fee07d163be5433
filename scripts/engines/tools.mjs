import { spawn, spawnSync } from 'node:child_process'

/** Throws with what to install, or what to set instead, when a tool is not on PATH. */
export function requireTool(tool, purpose, remedy) {
  const found = spawnSync(tool, ['--version'], { encoding: 'utf8' })
  if (found.error || found.status !== 0) {
    throw new Error(`'${tool}' was not found: ${purpose} needs it.\n  ${remedy}`)
  }
  return found.stdout.split('\n')[0].trim()
}

/** Runs a command to its end and gives its stdout; stderr is part of the error. */
export function output(command, args, options = {}) {
  const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options })
  if (ran.error) throw ran.error
  if (ran.status !== 0) {
    const end = `${ran.stdout}${ran.stderr}`.trim().split('\n').slice(-30).join('\n')
    throw new Error(`${command} ${args.join(' ')} ended with ${ran.status ?? ran.signal}:\n${end}`)
  }
  return ran.stdout
}

/** What CMake is told to build with: Ninja where it is, which is quicker, else what CMake takes by itself. */
export function generator() {
  return spawnSync('ninja', ['--version']).status === 0 ? ['-G', 'Ninja'] : []
}

/** Runs a long build, hands each line to `onLine`, and keeps the last ones for the error. */
export function stream(command, args, onLine, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const last = []
    let rest = ''
    const take = (chunk) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        last.push(line)
        if (last.length > 60) last.shift()
        onLine(line)
      }
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', failed)
    child.on('close', (code, signal) => {
      if (code === 0) done()
      else failed(new Error(`${command} ended with ${code ?? signal}:\n${last.join('\n')}\n${rest}`))
    })
  })
}
