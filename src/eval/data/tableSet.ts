import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { suggest } from '../../errors/words.js'
import { readText } from '../../file/readText.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import { Tensor } from '../../tensor/Tensor.js'
import { dataError, type EvalPair, type EvalSample, type EvalSet, type Label } from './EvalSet.js'
import { readSample } from './readSample.js'

interface Row {
  readonly line: number
  readonly record: Readonly<Record<string, string>>
}

/** A million lines of usual length. It is parsed as a whole. */
const largest = 2 ** 26
/** Two paths and what a table of other columns may say. */
const longestLine = 2 ** 16

/** A set from a table with the columns `file,label`, or `a,b,same`: paths are relative to its folder. Other columns are left alone. */
export async function tableSet(
  path: string,
  { classes }: { readonly classes?: readonly string[] | undefined },
): Promise<EvalSet> {
  const text = await readText(path, largest)
  const { rows, columns } = parseTable(path, text)
  const digest = createHash('sha256').update(text).digest('hex')
  const set = { path, kind: 'table', digest, classes, notes: [] } as const
  if (['a', 'b', 'same'].every((name) => columns.includes(name))) return { ...set, ...pairsOf(path, rows) }
  if (columns.includes('file')) {
    return { ...set, samples: rows.map((row) => sampleOf(path, row, classes)) }
  }
  throw dataError(
    `${path}: expected a first line with file,label or a,b,same, received ${columns.join(',')}`,
    {
      help: 'Name the columns in the first line.',
    },
  )
}

/** Asked first: a line of nothing but commas becomes millions of columns. */
function requireShortLines(path: string, text: string): void {
  for (let start = 0, line = 1; start < text.length; line++) {
    const next = text.indexOf('\n', start)
    const end = next < 0 ? text.length : next
    if (end - start > longestLine) {
      throw dataError(
        `${path}:${line}: expected a line of at most ${longestLine} characters, received ${end - start}`,
      )
    }
    start = end + 1
  }
}

function parseTable(path: string, text: string): { rows: readonly Row[]; columns: readonly string[] } {
  requireShortLines(path, text)
  try {
    let columns: readonly string[] = []
    const parsed = parse<Readonly<Record<string, string>>>(text, {
      bom: true,
      columns: (names: string[]) => {
        columns = names.map((name) => name.trim())
        return [...columns]
      },
      skip_empty_lines: true,
      trim: true,
      info: true,
      max_record_size: longestLine, // of texts in quotes, which may have lines
    }) as unknown as { record: Readonly<Record<string, string>>; info: { lines: number } }[]
    return { rows: parsed.map(({ record, info }) => ({ record, line: info.lines })), columns }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw dataError(`${path}: ${cause.message}`, { help: 'Put texts that hold commas in quotes.', cause })
  }
}

function sampleOf(path: string, { record, line }: Row, classes: readonly string[] | undefined): EvalSample {
  const { file = '', label = '' } = record
  if (file === '') throw dataError(`${path}:${line}: expected a file, received none`)
  const input = besides(path, line, file)
  return {
    name: file,
    read: () => readSample(input),
    label: labelReader(path, line, label, classes),
  }
}

/** The file that a line of a table names. */
function besides(path: string, line: number, file: string): string {
  if (!file.includes('\0')) return resolve(dirname(path), file)
  throw dataError(`${path}:${line}: expected the path of a file, received one with a NUL in it`)
}

/** A number, a name among the classes, or the file of a mask. */
function labelReader(
  path: string,
  line: number,
  label: string,
  classes: readonly string[] | undefined,
): () => Promise<Label> {
  if (label === '') return async () => undefined
  if (/^\d{1,9}$/.test(label)) return async () => Number(label)
  if (classes?.includes(label)) return async () => classes.indexOf(label)
  const isArray = /\.npy$/i.test(label)
  if (isArray || /\.(png|bmp|tiff?)$/i.test(label)) {
    const file = besides(path, line, label)
    return () => (isArray ? readNpy(file) : readMask(file))
  }
  const known = classes === undefined ? '' : ` (${suggest(label, classes) || `${classes.length} are known`})`
  throw dataError(
    `${path}:${line}: expected the number or the name of a class, or a mask, received '${label}'${known}`,
    {
      help: 'Names are known from the sidecar of the model, or from a file of class names.',
    },
  )
}

/** A grey picture whose values are the numbers of the classes. */
async function readMask(file: string): Promise<Tensor> {
  const { data, width, height, channels } = await decodeImage(file)
  if (channels === 1) return new Tensor(Uint8Array.from(data), [height, width])
  throw dataError(`${file}: expected a grey picture as a mask, received ${channels} channels`, {
    help: 'A palette is not read: convert it so that the values are the numbers of the classes.',
  })
}

function pairsOf(path: string, rows: readonly Row[]): { samples: EvalSample[]; pairs: EvalPair[] } {
  const places = new Map<string, number>()
  const samples: EvalSample[] = []
  const placeOf = (file: string, line: number): number => {
    if (file === '') throw dataError(`${path}:${line}: expected two files, received one`)
    const known = places.get(file)
    if (known !== undefined) return known
    const input = besides(path, line, file)
    const read = () => readSample(input)
    places.set(file, samples.length)
    return samples.push({ name: file, read, label: async () => undefined }) - 1
  }
  const pairs = rows.map(({ record: { a = '', b = '', same = '' }, line }): EvalPair => {
    const isSame = /^(1|true|yes)$/i.test(same)
    if (!isSame && !/^(0|false|no)$/i.test(same)) {
      throw dataError(`${path}:${line}: same: expected 1 or 0, received '${same}'`)
    }
    return { a: placeOf(a, line), b: placeOf(b, line), same: isSame }
  })
  return { samples, pairs }
}
