import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The C++ program of bench/cpp as a partner that runs when it is told to. */
export class CppLoop {
  #child
  #lines
  constructor(program, args) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Times of `runs` runs in microseconds. */
  async run(runs) {
    return (await this.#ask(`run ${runs}`)).trim().split(' ').map(Number)
  }

  /** Milliseconds of a load and a first run. */
  async load() {
    return Number(await this.#ask('load'))
  }

  close() {
    this.#child.stdin.end()
  }

  async #ask(command) {
    this.#child.stdin.write(`${command}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`the C++ program ended at '${command}'`)
    return value
  }
}
