import { createHash } from 'node:crypto'
import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import type { ChannelOrder, Pixels, Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { solve } from './covariance.js'
import { eitherWay, nearestPreset, presets } from './presets.js'
import { filters, fits, near, presetsNear } from './usualRecords.js'

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
const mostRuns = 640
/** Records that are followed at once. */
const kept = 4
/** What is this near has been found: only rounding is left. */
const foundDb = 60
const exactDb = 80
/** Of the fits, so many are tried with every mean, std and order. */
const mainCuts = 4

interface Scored {
  readonly record: Preprocessing
  readonly db: number
}

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
  const all = await search.measureAll(best)
  const reaches = all.every((db) => db >= floorDb)
  const ties: Preprocessing[] = []
  if (reaches) {
    for (const record of search.alsoNear(best, floorDb, mean(all))) {
      const others = await search.measureAll(record)
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
          `The best of ${search.runs} runs reaches ${formatDb(Math.min(...all))} of ${formatDb(floorDb)}: a golden input (what the original is fed) would decide.`,
        ],
  }
}

const listOf = (value: number | readonly number[] | undefined, fallback: number): number[] =>
  value === undefined || typeof value === 'number' ? new Array(3).fill(value ?? fallback) : [...value]

class Search {
  runs = 0
  readonly #outputs = new Map<string, Float32Array | Float64Array>()
  #judges: readonly [number, number] = [0, 1]
  readonly #scores = new Map<string, { record: Preprocessing; db: number }>()

  constructor(
    readonly images: readonly Pixels[],
    readonly references: readonly Tensor[],
    readonly run: Run,
    readonly known: KnownPreprocessing,
  ) {}

  /** The best record that is found on two images; where another one speaks against it, on that and what lies near. */
  async best(): Promise<Preprocessing> {
    const found = await this.#search()
    const all = await this.measureAll(found)
    const worst = all.indexOf(Math.min(...all))
    if (this.known.fit || all[worst]! >= foundDb || worst < 2) return found
    this.#judges = [worst, all[0]! < all[1]! ? 0 : 1]
    const [best] = await this.#widen([{ record: found, db: await this.#score(found) }], near)
    return best!.record
  }

  async #search(): Promise<Preprocessing> {
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
        : isGrey
          ? presets.map(({ mean, std }) => ({ mean: mean[0]!, std: std[0]! }))
          : eitherWay
    const orders: readonly ChannelOrder[] = known.order ? [known.order] : ['RGB', 'BGR']
    const colours = orders.flatMap((order) => normalisations.map((one) => ({ order, ...one })))
    const cuts = known.fit ? [{}] : fits.map((fit) => ({ cropPct: undefined, pad: undefined, ...fit }))
    const ways = known.interpolation ? [{}] : filters
    // Mean, std and order show through whatever wrong cut, but a wrong cut may favour a wrong one: a few of each go on.
    let beam = await this.#widen([{ record, db: await this.#score(record) }], () =>
      cuts.slice(0, mainCuts).flatMap((cut) => colours.map((colour) => ({ ...cut, ...colour }))),
    )
    for (let round = 0; round < 2 && beam[0]!.db < foundDb; round++) {
      const before = JSON.stringify(beam[0]!.record)
      for (const changes of [cuts, ways, colours]) beam = await this.#widen(beam, () => changes)
      if (JSON.stringify(beam[0]!.record) === before) break
    }
    const places = known.fit ? () => [{}] : near
    const settle = async (): Promise<void> => {
      for (const changes of [places, () => ways])
        if (beam[0]!.db < foundDb) beam = await this.#widen(beam, changes)
    }
    await settle()
    if (normalisations.length === 1 || beam[0]!.db >= foundDb) return beam[0]!.record
    record = await this.#solveNormalisation(beam[0]!.record)
    beam = [{ record, db: await this.#score(record) }]
    await settle()
    if (isGrey) return beam[0]!.record
    // What was solved for on a wrong cut is only near: the presets beside it, with the cuts beside it.
    beam = await this.#widen(beam, (one) =>
      presetsNear(listOf(one.mean, 0), listOf(one.std, 1)).flatMap((preset) =>
        [...places(one), ...cuts].map((change) => ({ ...change, ...preset })),
      ),
    )
    await settle()
    return beam[0]!.record
  }

  /** The best of the records and of what each change makes of them. */
  async #widen(
    beam: readonly Scored[],
    changesOf: (record: Preprocessing) => readonly Partial<Preprocessing>[],
  ): Promise<Scored[]> {
    const found = new Map(beam.map((one) => [JSON.stringify(one.record), one]))
    for (const { record } of beam) {
      for (const change of changesOf(record)) {
        if (this.runs >= mostRuns) break
        const tried = { ...record, ...change }
        const key = JSON.stringify(tried)
        if (found.has(key)) continue
        const last = [...found.values()].map(({ db }) => db).sort((a, b) => b - a)[kept - 1] ?? -20
        found.set(key, { record: tried, db: await this.#score(tried, last) })
      }
    }
    return [...found.values()].sort((a, b) => b.db - a.db).slice(0, kept)
  }

  /** On two images: with one, fits of its own aspect come out alike. Only on one where that is far from `enough`. */
  async #score(record: Preprocessing, enough = -20): Promise<number> {
    const first = await this.#measure(record, this.#judges[0])
    if (first < enough - 10) return first - 10
    const second = await this.#measure(record, this.#judges[1])
    // What is exact for one of them does not make up for the other.
    const db = (Math.min(first, exactDb) + Math.min(second, exactDb)) / 2
    this.#scores.set(JSON.stringify(record), { record, db })
    return db
  }

  /** Signal to difference on an image, in dB, from -20 to 200. */
  async #measure(record: Preprocessing, image: number): Promise<number> {
    return decibels(float32Values(this.references[image]!), await this.#output(record, image))
  }

  async measureAll(record: Preprocessing): Promise<number[]> {
    const found: number[] = []
    for (let i = 0; i < this.images.length; i++) found.push(await this.#measure(record, i))
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
