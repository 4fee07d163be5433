import { createHash } from 'node:crypto'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ChannelOrder, Pixels, Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { solve } from './covariance.js'
import { nearestPreset, presets } from './presets.js'

export interface RecoveredFromOutputs {
  /** The best record that was found; mean and std in units of pixels. */
  readonly record: Preprocessing
  /** Whether it reaches the floor on every image, and no other record that was tried does. */
  readonly isIdentified: boolean
  /** Of the best record, image by image: the reference's outputs to the difference, in dB. */
  readonly sqnrDb: readonly number[]
  /** Records that reach the floor as well: the outputs do not tell them apart. */
  readonly ties: readonly Preprocessing[]
  readonly preset: string | null
  readonly runs: number
  /** What would decide, in whole sentences, where it is not identified. */
  readonly missing: readonly string[]
}

/** What is known beforehand: at least the size of the input. */
export type KnownPreprocessing = Partial<Preprocessing> & Pick<Preprocessing, 'size'>

type Run = (input: Tensor) => Promise<Tensor>

/** A record that comes this near to the best one, in dB, cannot be told from it. */
const tellingDb = 6

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Runs in all; one takes 5 to 50 ms. */
const mostRuns = 320

const fits: readonly Partial<Preprocessing>[] = [
  { fit: 'cover', cropPct: 0.875 },
  { fit: 'cover' },
  { fit: 'stretch' },
  { fit: 'cover', cropPct: 0.9 },
  { fit: 'cover', cropPct: 0.95 },
  { fit: 'letterbox', pad: { value: 114 } },
  { fit: 'letterbox', pad: { value: 0 } },
  { fit: 'letterbox', pad: { value: 0, position: 'top-left' } },
  { fit: 'letterbox', pad: { value: 128 } },
  { fit: 'letterbox', pad: { value: 255 } },
  { fit: 'cover', cropPct: 0.8 },
  { fit: 'crop', cropPct: 0.875 },
]

const filters: readonly Partial<Preprocessing>[] = [
  { resampler: 'pillow', interpolation: 'bilinear' },
  { resampler: 'opencv', interpolation: 'bilinear' },
  { resampler: 'pillow', interpolation: 'bicubic' },
  { resampler: 'pillow', interpolation: 'lanczos' },
  { resampler: 'opencv', interpolation: 'area' },
  { resampler: 'opencv', interpolation: 'bicubic' },
  { resampler: 'opencv', interpolation: 'nearest' },
  { resampler: 'pillow', interpolation: 'nearest' },
]

/**
 * Recovers how the original's input is made where only its outputs are known: runs the candidate on inputs made in many
 * ways from the images, and keeps the way whose outputs come nearest to the reference's. Coordinate by coordinate
 * (mean and std with the order, fit, filter), twice; mean and std that are no preset are then solved for by Gauss and
 * Newton on the outputs. The best way is confirmed on all images.
 *
 * @param images at least three, with colours, at least one of them not square
 * @param referenceOutputs the original's output for each image
 * @param run runs the candidate on one input, and gives the output that is compared
 * @param floorDb what the candidate reaches on right inputs, in dB: less is not the right way
 * @param start the input's size, and whatever else of the record is known: that is taken, not searched
 * @throws TwinferError TWINFER_INVALID_ARGUMENT for fewer images, another number of outputs or no size, and whatever
 * `run` throws.
 */
export async function recoverFromOutputs(
  images: readonly Pixels[],
  referenceOutputs: readonly Tensor[],
  run: Run,
  floorDb: number,
  start?: KnownPreprocessing,
): Promise<RecoveredFromOutputs> {
  if (images.length < 3 || referenceOutputs.length !== images.length) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `expected at least 3 images and as many outputs, received ${images.length} and ${referenceOutputs.length}`,
    )
  }
  if (!start?.size) {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      'start.size: expected { width, height }, received none',
      {
        help: "Give the size of the model's input.",
      },
    )
  }
  const search = new Search(images, referenceOutputs, run, start)
  const best = await search.best()
  const all = await search.measure(best, images.length)
  const reaches = all.every((db) => db >= floorDb)
  const ties: Preprocessing[] = []
  if (reaches) {
    for (const record of search.alsoNear(best, floorDb, mean(all))) {
      const others = await search.measure(record, images.length)
      if (others.every((db) => db >= floorDb)) ties.push(record)
    }
  }
  const preset = nearestPreset(listOf(best.mean, 0), listOf(best.std, 1), [0, 1, 2])
  return {
    record: best,
    isIdentified: reaches && ties.length === 0,
    sqnrDb: all,
    ties,
    preset: preset?.name ?? null,
    runs: search.runs,
    missing: reaches
      ? ties.length > 0
        ? ['Other ways to make the input give outputs that are as near: a golden input would decide.']
        : []
      : [
          `The best of ${search.runs} runs reaches ${Math.min(...all).toFixed(1)} dB of ${floorDb.toFixed(1)}: a golden input (what the original is fed) would decide.`,
        ],
  }
}

const listOf = (value: number | readonly number[] | undefined, fallback: number): number[] =>
  value === undefined || typeof value === 'number' ? new Array(3).fill(value ?? fallback) : [...value]

class Search {
  runs = 0
  readonly #outputs = new Map<string, Float32Array | Float64Array>()
  readonly #scores = new Map<string, { record: Preprocessing; db: number }>()

  constructor(
    readonly images: readonly Pixels[],
    readonly references: readonly Tensor[],
    readonly run: Run,
    readonly known: KnownPreprocessing,
  ) {}

  async best(): Promise<Preprocessing> {
    const { known } = this
    let record: Preprocessing = {
      order: 'RGB',
      fit: 'cover',
      cropPct: 0.875,
      resampler: 'pillow',
      interpolation: 'bilinear',
      mean: 127.5,
      std: 127.5,
      ...known,
      ...(known.fit !== undefined && known.cropPct === undefined ? { cropPct: undefined } : {}),
    }
    const isGrey = known.order === 'GREY'
    const normalisations =
      known.mean !== undefined || known.std !== undefined || known.scale !== undefined
        ? [{}]
        : presets.map(({ mean, std }) => (isGrey ? { mean: mean[0]!, std: std[0]! } : { mean, std }))
    const orders: readonly ChannelOrder[] = known.order ? [known.order] : ['RGB', 'BGR']
    const colours = orders.flatMap((order) => normalisations.map((one) => ({ order, ...one })))
    const cuts = known.fit ? [{}] : fits.map((fit) => ({ cropPct: undefined, pad: undefined, ...fit }))
    const ways = known.interpolation ? [{}] : filters
    for (let round = 0; round < 2; round++) {
      const before = JSON.stringify(record)
      for (const choices of [colours, cuts, ways]) record = await this.#choose(record, choices)
      if (JSON.stringify(record) === before) break
    }
    if (!known.fit) record = await this.#choose(record, sharesAround(record))
    if (normalisations.length > 1) record = await this.#solveNormalisation(record)
    if (!known.interpolation) record = await this.#choose(record, ways)
    return record
  }

  /** The record with the change that comes nearest on the first image, or as it is. */
  async #choose(record: Preprocessing, changes: readonly Partial<Preprocessing>[]): Promise<Preprocessing> {
    let best = { record, db: await this.#score(record) }
    for (const change of changes) {
      if (this.runs >= mostRuns) break
      const tried = { ...record, ...change }
      const db = await this.#score(tried)
      if (db > best.db) best = { record: tried, db }
    }
    return best.record
  }

  async #score(record: Preprocessing): Promise<number> {
    // Two images: with one, fits of its own aspect come out alike.
    const [first, second] = await this.measure(record, 2)
    const db = (first! + second!) / 2
    this.#scores.set(JSON.stringify(record), { record, db })
    return db
  }

  /** Signal to difference on the first `count` images, in dB, from -20 to 200. */
  async measure(record: Preprocessing, count: number): Promise<number[]> {
    const found: number[] = []
    for (let i = 0; i < count; i++)
      found.push(decibels(float32Values(this.references[i]!), await this.#output(record, i)))
    return found
  }

  async #output(record: Preprocessing, image: number): Promise<Float32Array | Float64Array> {
    const key = `${image} ${JSON.stringify(record)}`
    const kept = this.#outputs.get(key)
    if (kept) return kept
    this.runs++
    const values = float32Values(await this.run(preprocess(this.images[image]!, record))).slice()
    this.#outputs.set(key, values)
    return values
  }

  /** Other records of those that were tried that come as near on the first images, and differ in more than the filter. */
  alsoNear(best: Preprocessing, floorDb: number, bestDb: number): Preprocessing[] {
    const own = this.#input(best)
    const seen = new Set([own])
    return [...this.#scores.values()]
      .filter(({ db }) => db >= floorDb && db >= bestDb - tellingDb)
      .sort((a, b) => b.db - a.db)
      .filter(({ record }) => {
        // Records that give the same input are one.
        const input = this.#input(record)
        return !seen.has(input) && seen.add(input)
      })
      .slice(0, 3)
      .map(({ record }) => record)
  }

  #input(record: Preprocessing): string {
    const { data } = preprocess(this.images[0]!, record)
    return createHash('sha256')
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex')
  }

  /** Mean and std by least squares on the outputs, from the best preset on; a preset again where they come near one. */
  async #solveNormalisation(from: Preprocessing): Promise<Preprocessing> {
    let best = { record: from, db: await this.#score(from) }
    const count = from.order === 'GREY' ? 1 : 3
    for (let step = 0; step < 6 && best.db < 60; step++) {
      if (this.runs + 4 * count + 8 > mostRuns) break
      const moved = await this.#step(best.record, count)
      if (!moved) break
      let better: { record: Preprocessing; db: number } | null = null
      for (const share of [1, 0.4]) {
        const record = { ...best.record, mean: moved.mean(share), std: moved.std(share) }
        const db = await this.#score(record)
        if (db > best.db) {
          better = { record, db }
          break
        }
      }
      if (!better) break
      best = better
    }
    if (count < 3) return best.record
    const near = nearestPreset(listOf(best.record.mean, 0), listOf(best.record.std, 1), [0, 1, 2])
    if (!near) return best.record
    const snapped = { ...best.record, mean: near.mean, std: near.std }
    return (await this.#score(snapped)) >= best.db - 1 ? snapped : best.record
  }

  /** One step of Gauss and Newton over the logarithms of std, and the means in units of std. */
  async #step(record: Preprocessing, count: number) {
    const [mean, std] = [listOf(record.mean, 0).slice(0, count), listOf(record.std, 1).slice(0, count)]
    const used = [0, 1]
    const base = await Promise.all(used.map((image) => this.#output(record, image)))
    const size = 0.02
    const columns: Float64Array[][] = []
    for (let p = 0; p < 2 * count; p++) {
      const c = p % count
      const change =
        p < count
          ? { mean: mean.map((value, k) => (k === c ? value + size * std[k]! : value)), std }
          : { mean, std: std.map((value, k) => (k === c ? value * Math.exp(size) : value)) }
      const column: Float64Array[] = []
      for (const image of used) {
        const output = await this.#output({ ...record, ...change }, image)
        column.push(Float64Array.from(output, (value, i) => (value - base[used.indexOf(image)]![i]!) / size))
      }
      columns.push(column)
    }
    const rests = used.map((image) => {
      const wanted = float32Values(this.references[image]!)
      return Float64Array.from(wanted, (value, i) => value - base[image]![i]!)
    })
    const dot = (a: Float64Array[], b: Float64Array[]) =>
      a.reduce((sum, values, n) => sum + values.reduce((part, value, i) => part + value * b[n]![i]!, 0), 0)
    const hessian = columns.map((a, p) => columns.map((b, q) => dot(a, b) * (p === q ? 1.001 : 1)))
    const move = solve(
      hessian,
      columns.map((column) => dot(column, rests)),
    )
    if (!move?.every((value) => Math.abs(value) < 3)) return null
    return {
      mean: (share: number) => mean.map((value, c) => value + share * move[c]! * std[c]!),
      std: (share: number) => std.map((value, c) => value * Math.exp(share * move[count + c]!)),
    }
  }
}

/** Shares of the picture near the one that was found best. */
function sharesAround({ fit, cropPct }: Preprocessing): Partial<Preprocessing>[] {
  if (fit !== 'cover' && fit !== 'crop' && fit !== 'stretch') return []
  const share = cropPct ?? 1
  const near = [-0.04, -0.03, -0.02, -0.01, 0.01, 0.02, 0.03, 0.04].map((more) =>
    Number((share + more).toFixed(4)),
  )
  return near.filter((value) => value > 0.1 && value <= 1).map((value) => ({ cropPct: value }))
}

function decibels(wanted: Float32Array | Float64Array, got: Float32Array | Float64Array): number {
  if (wanted.length !== got.length) return -20
  let [signal, noise] = [0, 0]
  for (let i = 0; i < wanted.length; i++) {
    signal += wanted[i]! ** 2
    noise += (wanted[i]! - got[i]!) ** 2
  }
  if (!Number.isFinite(noise)) return -20
  return noise === 0 ? 200 : Math.min(200, Math.max(-20, 10 * Math.log10(signal / noise)))
}
