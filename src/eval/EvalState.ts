import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { TwinferError } from '../errors/TwinferError.js'
import { fileError } from '../tensor/npy/fileError.js'
import type { Measured } from './metrics/Metric.js'

const format = 'twinfer-eval-state'

/** What was measured of one sample: by model, then by metric. */
export type MeasuredRow = readonly (readonly Measured[])[]

interface Header {
  readonly format: typeof format
  readonly version: 1
  /** SHA-256 of all that a result follows from. */
  readonly identity: string
  /** The same in words, for whoever looks into the file. */
  readonly of: unknown
}

/** What was measured, sample by sample, kept in a file so that an evaluation that was killed goes on from there. */
export class EvalState {
  readonly rows: (MeasuredRow | undefined)[]

  private constructor(
    rows: (MeasuredRow | undefined)[],
    private readonly file: FileHandle | undefined,
    private readonly path: string | undefined,
  ) {
    this.rows = rows
  }

  /**
   * Begins a file, or reads one that is there: a line for each sample, behind one that says of what. A line that was
   * not written to its end is dropped. Throws TWINFER_DATA_INVALID for a file of another evaluation, or that is none.
   */
  static async open(path: string | undefined, of: unknown, count: number): Promise<EvalState> {
    const rows = new Array<MeasuredRow | undefined>(count).fill(undefined)
    if (path === undefined) return new EvalState(rows, undefined, undefined)
    const identity = createHash('sha256').update(JSON.stringify(of)).digest('hex')
    try {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      const whole = text.slice(0, text.lastIndexOf('\n') + 1)
      if (whole !== '') readRows(path, whole, identity, of, rows)
      else if (text !== '') throw foreign(path)
      const file = await open(path, 'a')
      if (whole === '') {
        await file.appendFile(`${JSON.stringify({ format, version: 1, identity, of } satisfies Header)}\n`)
      } else if (whole.length < text.length) {
        await file.truncate(Buffer.byteLength(whole))
      }
      return new EvalState(rows, file, path)
    } catch (error) {
      throw await fileError(path, 'write', error)
    }
  }

  /** How many samples need not be run. */
  get done(): number {
    return this.rows.filter((row) => row !== undefined).length
  }

  async add(place: number, row: MeasuredRow): Promise<void> {
    try {
      const line = JSON.stringify([place, row])
      await this.file?.appendFile(`${line}\n`)
      // As a resumed evaluation reads it, so that both are the same.
      this.rows[place] = this.file === undefined ? row : (JSON.parse(line) as [number, MeasuredRow])[1]
    } catch (error) {
      throw this.path === undefined ? error : await fileError(this.path, 'write', error)
    }
  }

  async close(): Promise<void> {
    await this.file?.close()
  }
}

function readRows(
  path: string,
  text: string,
  identity: string,
  of: unknown,
  rows: (MeasuredRow | undefined)[],
): void {
  const [first, ...lines] = text.trimEnd().split('\n')
  const header = parseLine(path, first!) as Partial<Header> | null
  if (header?.format !== format || header.version !== 1) throw foreign(path)
  if (header.identity !== identity) {
    throw new TwinferError(
      'TWINFER_DATA_INVALID',
      `${path}: expected the state of this evaluation, received that of another one: ${changedKey(header.of, of)} differs`,
      { help: 'Name another file, or delete this one to begin anew.' },
    )
  }
  for (const line of lines) {
    const entry = parseLine(path, line)
    const [place, row] = Array.isArray(entry) ? entry : []
    if (!Number.isInteger(place) || place < 0 || place >= rows.length || !Array.isArray(row))
      throw foreign(path)
    rows[place] = row as MeasuredRow
  }
}

function parseLine(path: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw foreign(path)
  }
}

function changedKey(before: unknown, now: unknown): string {
  const [a, b] = [before, now].map((of) => (of ?? {}) as Readonly<Record<string, unknown>>)
  return Object.keys(b!).find((key) => JSON.stringify(a![key]) !== JSON.stringify(b![key])) ?? 'something'
}

function foreign(path: string): TwinferError {
  return new TwinferError(
    'TWINFER_DATA_INVALID',
    `${path}: expected the state of an evaluation, received another file`,
    {
      help: 'Nothing is written over: name another file.',
    },
  )
}
