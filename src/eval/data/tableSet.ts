import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { suggest } from '../../errors/words.js'
import { unreadable } from '../../file/requireFile.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import { Tensor } from '../../tensor/Tensor.js'
import { dataError, type EvalPair, type EvalSample, type EvalSet, type Label } from './EvalSet.js'
import { readSample } from './readSample.js'

interface Row {
  readonly line: number
  readonly record: Readonly<Record<string, string>>
}

/** A set from a table with the columns `file,label`, or `a,b,same`. Other columns are left alone. */
export async function tableSet(
  path: string,
  { classes }: { readonly classes?: readonly string[] | undefined },
): Promise<EvalSet> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw unreadable('data set', path, cause)
  })
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

function parseTable(path: string, text: string): { rows: readonly Row[]; columns: readonly string[] } {
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
    }) as unknown as { record: Readonly<Record<string, string>>; info: { lines: number } }[]
    return { rows: parsed.map(({ record, info }) => ({ record, line: info.lines })), columns }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw dataError(`${path}: ${cause.message}`, { help: 'Put texts that hold commas in quotes.', cause })
  }
}

function sampleOf(path: string, { record, line }: Row, classes: readonly string[] | undefined): EvalSample {
  const { file = '', label = '' } = record
  const where = `${path}:${line}`
  if (file === '') throw dataError(`${where}: expected a file, received none`)
  const read = labelReader(where, resolve(dirname(path), label), label, classes)
  return { name: file, read: () => readSample(resolve(dirname(path), file)), label: read }
}

/** A number, a name among the classes, or the file of a mask. */
function labelReader(
  where: string,
  file: string,
  label: string,
  classes: readonly string[] | undefined,
): () => Promise<Label> {
  if (label === '') return async () => undefined
  if (/^\d{1,9}$/.test(label)) return async () => Number(label)
  if (classes?.includes(label)) return async () => classes.indexOf(label)
  if (/\.npy$/i.test(label)) return () => readNpy(file)
  if (/\.(png|bmp|tiff?)$/i.test(label)) return () => readMask(file)
  const known = classes === undefined ? '' : ` (${suggest(label, classes) || `${classes.length} are known`})`
  throw dataError(
    `${where}: expected the number or the name of a class, or a mask, received '${label}'${known}`,
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
    const read = () => readSample(resolve(dirname(path), file))
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
