import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

// AddressSanitizer asks for terabytes itself, of which it touches little.
const limit = /asan/.test(process.env.LD_PRELOAD ?? '') ? '' : 'ulimit -d 6000000 2>/dev/null; '

/** A script with `answerRequests` in a process of its own, which may die or hang over any request. */
export class WatchedChild {
  #process
  #said
  #ended
  #errors = ''
  #patienceMs

  constructor(script, parameters, patienceMs) {
    // A number of a million asks for gigabytes, and the machine is not only for this.
    const limited = ['-c', `${limit}exec "$0" "$@"`, process.execPath]
    this.#patienceMs = patienceMs
    this.#process = spawn('/bin/sh', [...limited, script, ...parameters], {
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    })
    this.#process.stdin.on('error', () => {})
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errors = `${this.#errors}${text}`.slice(-2000)
    })
    this.#said = createInterface({ input: this.#process.stdio[3] })[Symbol.asyncIterator]()
    this.#ended = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => resolve(signal ?? code))
    })
  }

  /**
   * What the child says of the request. Where it dies before the answer, `crash` is the signal or the exit code, `message`
   * what it printed last, and `hung` whether it was killed because it said nothing for too long.
   */
  async ask(request) {
    let said = { step: 'start' }
    let hung = false
    this.#errors = ''
    const alarm = setTimeout(() => {
      hung = true
      this.#process.kill('SIGKILL')
    }, this.#patienceMs)
    this.#process.stdin.write(`${JSON.stringify(request)}\n`)
    for (;;) {
      const { value, done } = await this.#said.next()
      if (done) break
      alarm.refresh()
      said = { ...said, ...JSON.parse(value) }
      if (said.step === 'done') {
        clearTimeout(alarm)
        return said
      }
    }
    const crash = await this.#ended
    clearTimeout(alarm)
    return { ...said, crash, hung, message: this.#errors.trim() }
  }

  /** Lets it end by itself, and gives the signal or the exit code that it ended with. */
  async end() {
    this.#process.stdin.end()
    const alarm = setTimeout(() => this.#process.kill('SIGKILL'), this.#patienceMs)
    const how = await this.#ended
    clearTimeout(alarm)
    return how
  }
}
