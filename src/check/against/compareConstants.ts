import type { FindingList } from '../FindingList.js'
import { bytesPerValue, type ValueFormat } from '../weights/StoredTensor.js'
import type { EngineWeight, LeftOver } from './Comparand.js'
import { convertAgain, isGone, usualRatio } from './channelLoss.js'
import { leastSignAgreement } from './rowSimilarity.js'
import type { SourceWeight } from './SourceWeight.js'
import { constantLayouts } from './sourceLayouts.js'

/** Squared cosine of what is left of two matrices that are the same; nothing is folded into a constant. */
const leastLikeness = 0.998
/** Fewer values than this are like many others: a mask, a grid, ones. */
const fewestTelling = 8

/** Rows or columns of a matrix that are alive in the source and gone here. */
interface Loss {
  readonly what: 'rows' | 'columns'
  readonly of: number
  readonly lost: readonly number[]
  /** The index of the first value of the first of them. */
  readonly first: number
}

interface Fit {
  readonly source: SourceWeight
  readonly loss: Loss | undefined
}

/**
 * Holds the constants of a converted model (operands of products, tables that are gathered from, matrices of
 * recurrent layers) against the source. Converters make constants of their own: only what plainly is a weight of the
 * source, save for rows or columns that are gone, is said to have lost them.
 */
export async function compareConstants(
  constants: readonly EngineWeight[],
  left: LeftOver,
  findings: FindingList,
): Promise<void> {
  const dead: EngineWeight[] = []
  for (const constant of constants) {
    const { count } = constant
    const sources = [...left.ofSize(count), ...left.takenOfSize(count)]
    if (sources.length === 0) continue
    const values = await constant.values()
    if (values.every((value) => value === 0)) dead.push(constant)
    else reportFit(constant, fitOf(values, sources, constant.format), left, findings)
  }
  for (const constant of dead) {
    // A product has to have its operand somewhere: nothing else of this size is left to be it.
    const source = left.ofSize(constant.count).find((each) => each.use.rows !== 'any' && isTelling(each))
    if (!source) continue
    left.take(source)
    const { layer, offset } = constant
    findings.error(
      'weights-differ',
      `the values of '${layer}' are all zero, those of '${source.name}', the one of their size, are not`,
      { layer, offset, help: convertAgain },
    )
  }
}

function reportFit(
  { layer, offset, format }: EngineWeight,
  fit: Fit | undefined,
  left: LeftOver,
  findings: FindingList,
): void {
  if (!fit) return
  left.take(fit.source)
  if (!fit.loss) return
  const { what, of, lost, first } = fit.loss
  findings.error(
    'weights-differ',
    `${lost.length} of ${of} ${what} of '${layer}' are zero, or next to it, and alive in '${fit.source.name}', the first is ${lost[0]}`,
    { layer, offset: offset + first * bytesPerValue[format], help: convertAgain },
  )
}

const tellingSources = new WeakMap<SourceWeight, boolean>()

/** A matrix of many values, none of whose channels a batch norm behind it may have killed. */
function isTelling(source: SourceWeight): boolean {
  const known = tellingSources.get(source) ?? hasMuchToTell(source)
  tellingSources.set(source, known)
  return known
}

function hasMuchToTell(source: SourceWeight): boolean {
  const scales = source.use.scales ?? new Float32Array(1)
  const largest = scales.reduce((most, scale) => Math.max(most, Math.abs(scale)), 0)
  if (scales.length > 1 && scales.some((scale) => Math.abs(scale) <= largest * 1e-6)) return false
  if (source.shape.filter((size) => size > 1).length < 2) return false
  return new Set(source.values().subarray(0, 4096)).size >= fewestTelling
}

/** One that fits as a whole comes before one that fits but for what is gone. */
function fitOf(values: Float32Array, sources: readonly SourceWeight[], format: ValueFormat): Fit | undefined {
  let damaged: Fit | undefined
  for (const source of sources) {
    if (!isTelling(source)) continue
    for (const { values: reference, shape } of constantLayouts(source)) {
      const matrices = new MatrixPair(values, reference, shape)
      const loss = matrices.loss(format)
      if (loss === 'other') continue
      if (loss === undefined) return { source, loss }
      damaged ??= { source, loss }
    }
  }
  return damaged
}

interface Lengths {
  readonly here: Float64Array
  readonly source: Float64Array
  /** Values in each. */
  readonly each: number
}

/** The last two axes of two tensors of one shape, looked at by rows and by columns. */
class MatrixPair {
  private readonly height: number
  private readonly width: number

  constructor(
    private readonly values: Float32Array,
    private readonly reference: Float32Array,
    shape: readonly number[],
  ) {
    this.height = shape.at(-2)!
    this.width = shape.at(-1)!
  }

  /** What is gone here; undefined where nothing is, 'other' where what is left is not that of the reference. */
  loss(format: ValueFormat): Loss | undefined | 'other' {
    const { height, width } = this
    const lengths = this.lengths()
    const rows = goneOf(lengths.rows, format)
    const columns = goneOf(lengths.columns, format)
    const isAll = rows.size === lengths.rows.here.length
    if (!(isAll ? areSameSigns(this.values, this.reference) : this.areAlike(rows, columns))) return 'other'
    const [row] = rows
    if (row !== undefined)
      return { what: 'rows', of: lengths.rows.here.length, lost: [...rows], first: row * width }
    const [column] = columns
    if (column === undefined) return undefined
    const first = Math.floor(column / width) * height * width + (column % width)
    return { what: 'columns', of: lengths.columns.here.length, lost: [...columns], first }
  }

  /** Sums of squares; NaN and Infinity are findings of their own. */
  private lengths(): { readonly rows: Lengths; readonly columns: Lengths } {
    const { values, reference, height, width } = this
    const rows = lengthsOf(values.length / width, width)
    const columns = lengthsOf(values.length / height, height)
    for (let row = 0, i = 0; i < values.length; row++) {
      const base = Math.floor(row / height) * width
      for (let column = 0; column < width; column++, i++) {
        const [a, b] = [values[i]! ** 2, reference[i]! ** 2]
        if (!(a + b < Number.POSITIVE_INFINITY)) continue
        rows.here[row]! += a
        rows.source[row]! += b
        columns.here[base + column]! += a
        columns.source[base + column]! += b
      }
    }
    return { rows, columns }
  }

  /** Of what is in no lost row and in no lost column. */
  private areAlike(rows: ReadonlySet<number>, columns: ReadonlySet<number>): boolean {
    const { values, reference, height, width } = this
    let [ab, aa, bb, telling] = [0, 0, 0, 0]
    for (let row = 0; row * width < values.length; row++) {
      if (rows.has(row)) continue
      const base = Math.floor(row / height) * width
      for (let column = 0; column < width; column++) {
        if (columns.size > 0 && columns.has(base + column)) continue
        const [a, b] = [values[row * width + column]!, reference[row * width + column]!]
        const product = a * b
        if (!Number.isFinite(product)) continue
        ab += product
        aa += a * a
        bb += b * b
        if (a !== 0) telling++
      }
    }
    return telling >= fewestTelling && ab ** 2 >= leastLikeness * aa * bb
  }
}

function lengthsOf(count: number, each: number): Lengths {
  return { here: new Float64Array(count), source: new Float64Array(count), each }
}

function goneOf({ here, source, each }: Lengths, format: ValueFormat): ReadonlySet<number> {
  const lines = Array.from(here, (sum, line) => ({
    here: Math.sqrt(sum / each),
    source: Math.sqrt(source[line]! / each),
  }))
  const usual = usualRatio(lines)
  return new Set(lines.flatMap((line, i) => (isGone(line.here, line.source * usual, format) ? [i] : [])))
}

/** Of denormal values, not much more is left than their signs. */
function areSameSigns(values: Float32Array, reference: Float32Array): boolean {
  let [same, telling] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const sign = Math.sign(values[i]!) * Math.sign(reference[i]!)
    if (sign === 0 || Number.isNaN(sign)) continue
    telling++
    if (sign > 0) same++
  }
  return telling >= 2 * fewestTelling && same >= leastSignAgreement * telling
}
