import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WatchedChild } from '../../bench/lib/WatchedChild.mjs'
import { misdeeds } from './hostile.mjs'

export const mostMemory = 2 ** 30

/** Kinds of results that are findings. */
export const failures = ['crashed', 'hung', 'over 1 GiB', ...misdeeds]

/** Opens and runs files in child processes, one after another in the same one until it dies or has grown. */
export class Opener {
  #child
  #folder
  #script
  #patienceMs

  /** The folder is made for the files, and emptied before each. */
  constructor(folder, script, patienceMs) {
    this.#folder = folder
    this.#script = script
    this.#patienceMs = patienceMs
  }

  /** Whether the next files are for a process that has opened none before. */
  get fresh() {
    return this.#child === undefined
  }

  /** What became of the files: its kind, the step and, where it ended the process, the signal. */
  async try(files, input) {
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder, { recursive: true })
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.#folder, name), content)
    this.#child ??= new WatchedChild(this.#script, [], this.#patienceMs)
    const file = join(this.#folder, Object.keys(files)[0])
    const { step, crash, hung, resting, ...said } = await this.#child.ask({ file, input })
    if (crash !== undefined) {
      this.#child = undefined
      if (hung) return { ...said, kind: 'hung', step }
      return { ...said, kind: 'crashed', step, signal: crash }
    }
    const kind = said.peak > mostMemory ? 'over 1 GiB' : said.kind
    // What was not given back must not count as the memory of those to come.
    if (kind === 'over 1 GiB' || resting > mostMemory / 2) await this.end()
    return { ...said, kind, step }
  }

  /** The signal or exit code where a child does not end well. */
  async end() {
    const how = await this.#child?.end()
    this.#child = undefined
    return how || undefined
  }
}
