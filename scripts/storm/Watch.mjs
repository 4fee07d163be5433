import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { TwinferError } from 'twinfer'
import { canaries, elsewhere, forged, secret } from './hostile.mjs'

/** Times of a canary, in seconds. */
const [read, written] = [1, 2]

/** Watches what reading a file does, and keeps what it must not do. It plants canaries round the folder of the file. */
export class Watch {
  found = []
  #folder
  #around
  #planted
  #mayRead

  constructor(file) {
    // A table is its user's own, and its samples lie where they lie.
    this.#mayRead = /\.csv$/.test(file)
    this.#folder = dirname(file)
    this.#around = dirname(this.#folder)
    this.#planted = [this.#around, elsewhere].flatMap((folder) => canaries.map((name) => join(folder, name)))
    mkdirSync(elsewhere, { recursive: true })
    for (const path of this.#planted) {
      if (!existsSync(path)) writeFileSync(path, secret)
      // Read before it was written: a file system that keeps times of access at all keeps the next one.
      utimesSync(path, read, written)
    }
  }

  /** Whether a function of the package does what it is for, and does not throw. */
  async call(name, work) {
    try {
      await work()
      return true
    } catch (error) {
      this.#judgeError(name, error)
      this.#judgeText(name, `${error?.message}`, { isShown: false })
      return false
    }
  }

  /** Runs a command in this process: what it prints is kept from the terminal, and looked at. */
  async command(main, argv) {
    const said = { 1: '', 2: '' }
    const restore = intercept((descriptor, text) => {
      said[descriptor] += text
    })
    const name = argv.slice(0, 2).join(' ')
    let exitCode
    try {
      exitCode = await main(argv)
    } catch (error) {
      this.#judgeError(name, error)
    } finally {
      restore()
    }
    for (const text of Object.values(said)) {
      this.#judgeText(name, text, { isShown: true })
      const unexpected = /TWINFER_INTERNAL|One of the arguments cannot be used/.exec(text)
      if (unexpected) this.#add('untyped error', name, text)
    }
    return exitCode
  }

  /** A file that a command wrote, where it did. */
  report(path) {
    if (!existsSync(path)) return
    const text = readFileSync(path, 'utf8')
    if (/\.(html|xml)$/.test(path)) {
      const raw = /.{0,60}(<storm|["']\s*onstorm=").{0,20}/.exec(text)
      if (raw) this.#add('markup in a report', path, raw[0])
    }
    if (/\.csv$/.test(path)) {
      const raw = /(^|[,"\n])\s*=storm.{0,20}/.exec(text)
      if (raw) this.#add('formula in a table', path, raw[0])
    }
    if (text.includes(secret)) this.#add('left its folder', path, 'a canary is in it')
  }

  /** Afterwards: what was read or written round the folder. */
  lookAround() {
    for (const path of this.#planted) {
      const { atimeMs, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
      if (mtimeMs !== written * 1000) this.#add('left its folder', path, 'it was changed')
      else if (atimeMs !== read * 1000 && !this.#mayRead) this.#add('left its folder', path, 'it was read')
    }
    const known = [...canaries, 'files']
    const strange = readdirSync(this.#around).filter((name) => !known.includes(name))
    const others = readdirSync(elsewhere).filter((name) => !canaries.includes(name))
    for (const name of [...strange, ...others]) this.#add('left its folder', name, 'it was written')
  }

  /** Errors of the package are answers, unless what is behind one is a fault of the code that read. */
  #judgeError(name, error) {
    if (!(error instanceof TwinferError)) return this.#add('untyped error', name, error?.stack ?? error)
    const { cause, message, help } = error
    const isFault = /^(Type|Reference)Error$/.test(cause?.name) || help.startsWith('One of the arguments')
    if (isFault) this.#add('untyped error', name, `${error.code}: ${message}\n${cause?.stack}`)
  }

  #judgeText(name, text, { isShown }) {
    if (!this.#mayRead && text.includes(secret)) this.#add('left its folder', name, 'a canary was shown')
    if (!isShown) return
    const control = /.{0,40}(?![\n\t])[\p{Cc}\u2028\u2029\u202e].{0,20}/u.exec(text)
    if (control) this.#add('obeyed by a terminal', name, JSON.stringify(control[0]))
    if (text.split('\n').some((line) => line.startsWith(forged))) {
      const at = text.indexOf(`\n${forged}`)
      this.#add('forged line', name, JSON.stringify(text.slice(Math.max(0, at - 100), at + 30)))
    }
  }

  #add(kind, where, detail) {
    this.found.push({ kind, message: `${where}: ${String(detail).slice(0, 700)}` })
  }
}

/** Hands what goes to stdout and stderr to `take`, until what it returns is called. */
function intercept(take) {
  const { writeSync } = fs
  const { write } = process.stdout
  const { write: writeError } = process.stderr
  process.stdout.write = (text) => !take(1, String(text)) || true
  process.stderr.write = (text) => !take(2, String(text)) || true
  fs.writeSync = (descriptor, ...rest) => {
    if (descriptor !== 1 && descriptor !== 2) return writeSync(descriptor, ...rest)
    take(descriptor, String(rest[0]))
    return String(rest[0]).length
  }
  syncBuiltinESMExports()
  return () => {
    Object.assign(process.stdout, { write })
    Object.assign(process.stderr, { write: writeError })
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
}
