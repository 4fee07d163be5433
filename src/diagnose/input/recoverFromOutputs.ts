import { createHash } from 'node:crypto'
import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import type { ChannelOrder, Pixels, Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import { solve } from './covariance.js'
import { nearestPreset, presets } from './presets.js'
import { differentNumbers, filters, fits, near, oddPixels, presetsNear } from './usualRecords.js'

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

/** Runs in all; one takes 5 to 50 ms. Most searches end before the half of it. */
const mostRuns = 1000
/** Records that are followed at once. */
const kept = 4
/** What is this near has been found: only rounding is left. */
const foundDb = 60
const exactDb = 80
/** So many pictures judge a record. Of two, wrong numbers of a wrong cut come near by chance. */
const mostJudges = 3

interface Scored {
  readonly record: Preprocessing
  readonly db: number
  /** Whether every picture that judges comes near enough: a mean hides the one where a pixel is on the other side. */
  readonly isFound: boolean
}

/**
 * Recovers how the original's input is made where only its outputs are known: runs the candidate on inputs made in many
 * ways from the images, and keeps the way whose outputs come nearest to the reference's. Every fit with every mean, std
 * and order first, then coordinate by coordinate (filter, fit, mean and std with the order), twice; mean and std that are
 * no preset are then solved for by Gauss and Newton on the outputs. The best way is confirmed on all images.
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

const presetsOf = ({ mean, std }: Preprocessing): readonly Partial<Preprocessing>[] =>
  presetsNear(listOf(mean, 0), listOf(std, 1))

const listOf = (value: number | readonly number[] | undefined, fallback: number): number[] =>
  value === undefined || typeof value === 'number' ? new Array(3).fill(value ?? fallback) : [...value]

class Search {
  runs = 0
  readonly #outputs = new Map<string, Float32Array | Float64Array>()
  #judges: readonly number[]
  readonly #scores = new Map<string, Scored>()

  constructor(
    readonly images: readonly Pixels[],
    readonly references: readonly Tensor[],
    readonly run: Run,
    readonly known: KnownPreprocessing,
  ) {
    this.#judges = images.map((_, i) => i).slice(0, mostJudges)
  }

  get #areNumbersKnown(): boolean {
    const { mean, std, scale } = this.known
    return mean !== undefined || std !== undefined || scale !== undefined
  }

  /** The best record that is found on some images; where another one speaks against it, on that and what lies near. */
  async best(): Promise<Preprocessing> {
    const found = await this.#search()
    const all = await this.measureAll(found)
    const worst = all.indexOf(Math.min(...all))
    if (this.known.fit || all[worst]! >= foundDb || this.#judges.includes(worst)) return found
    this.#judges = [worst, ...[...this.#judges].sort((a, b) => all[a]! - all[b]!)].slice(0, mostJudges)
    const [best] = await this.#settle([await this.#score(found)])
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
    const normalisations = this.#areNumbersKnown
      ? [{}]
      : isGrey
        ? presets.map(({ mean, std }) => ({ mean: mean[0]!, std: std[0]! }))
        : differentNumbers
    const orders: readonly ChannelOrder[] = known.order ? [known.order] : ['RGB', 'BGR']
    const colours = orders.flatMap((order) => normalisations.map((one) => ({ order, ...one })))
    const cuts = known.fit ? [{}] : fits.map((fit) => ({ cropPct: undefined, pad: undefined, ...fit }))
    const ways = known.interpolation ? [{}] : filters
    // A wrong cut may favour wrong numbers, and the other way round: each with each, and a few of them go on.
    let beam = await this.#widen([await this.#score(record)], () =>
      cuts.flatMap((cut) => colours.map((colour) => ({ ...cut, ...colour }))),
    )
    for (let round = 0; round < 2 && !beam[0]!.isFound; round++) {
      const before = JSON.stringify(beam[0]!.record)
      for (const changes of [ways, cuts, colours]) beam = await this.#widen(beam, () => changes)
      if (JSON.stringify(beam[0]!.record) === before) break
    }
    beam = await this.#settle(beam)
    if (normalisations.length === 1 || beam[0]!.isFound) return beam[0]!.record
    record = await this.#solveNormalisation(beam[0]!.record)
    // Numbers solved for on a wrong cut hide the presets that are right: these stay in the running.
    beam = await this.#settle([await this.#score(record), ...beam])
    if (isGrey) return beam[0]!.record
    // What was solved for on a wrong cut is only near: the presets beside it, with the cuts beside it.
    const places = known.fit ? () => [{}] : near
    beam = await this.#widen(beam, (one) =>
      presetsOf(one).flatMap((preset) =>
        [...places(one), ...cuts].map((change) => ({ ...change, ...preset })),
      ),
    )
    beam = await this.#settle(beam)
    return beam[0]!.record
  }

  /** What lies near: odd pixels and shares of the cut, the filters, and presets that hardly differ. */
  async #settle(from: readonly Scored[]): Promise<Scored[]> {
    const { known } = this
    const steps: ((record: Preprocessing) => readonly Partial<Preprocessing>[])[] = [
      ...(known.fit ? [] : [near]),
      ...(known.interpolation ? [] : [() => filters]),
      // A wrong filter hides an odd pixel on the other side, and that hides the filter: both at once.
      ...(known.fit || known.interpolation ? [] : [() => oddPixels]),
      ...(this.#areNumbersKnown || known.order === 'GREY' ? [] : [presetsOf]),
    ]
    let beam = [...from]
    for (let round = 0; round < 2; round++) {
      const before = JSON.stringify(beam[0]!.record)
      for (const changes of steps) if (!beam[0]!.isFound) beam = await this.#widen(beam, changes)
      if (JSON.stringify(beam[0]!.record) === before) break
    }
    return beam
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
        found.set(key, await this.#score(tried, last))
      }
    }
    return [...found.values()].sort((a, b) => b.db - a.db).slice(0, kept)
  }

  /** On several images: with one, fits of its own aspect come out alike. On fewer where these are far from `enough`. */
  async #score(record: Preprocessing, enough = -20): Promise<Scored> {
    let [sum, db, least] = [0, -20, exactDb]
    for (const [i, image] of this.#judges.entries()) {
      // What is exact for one of them does not make up for the others.
      const here = Math.min(await this.#measure(record, image), exactDb)
      least = Math.min(least, here)
      sum += here
      db = sum / (i + 1)
      // One image says less than two: it has to be further off.
      const doubt = i === 0 ? 10 : 4
      if (i + 1 < this.#judges.length && db < enough - doubt)
        return { record, db: db - doubt, isFound: false }
    }
    const scored = { record, db, isFound: least >= foundDb }
    this.#scores.set(JSON.stringify(record), scored)
    return scored
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
    let best = await this.#score(from)
    const count = from.order === 'GREY' ? 1 : 3
    for (let step = 0; step < 6 && !best.isFound; step++) {
      if (this.runs + (2 * count + 2) * this.#judges.length > mostRuns) break
      const moved = await this.#step(best.record, count)
      if (!moved) break
      let better: Scored | null = null
      for (const share of [1, 0.4]) {
        const record = { ...best.record, mean: moved.mean(share), std: moved.std(share) }
        const scored = await this.#score(record)
        if (scored.db > best.db) {
          better = scored
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
    return (await this.#score(snapped)).db >= best.db - 1 ? snapped : best.record
  }

  /** One step of Gauss and Newton over the logarithms of std, and the means in units of std. */
  async #step(record: Preprocessing, count: number) {
    const [mean, std] = [listOf(record.mean, 0).slice(0, count), listOf(record.std, 1).slice(0, count)]
    const used = this.#judges
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
