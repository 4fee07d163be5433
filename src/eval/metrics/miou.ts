import { formatShape } from '../../format/numbers.js'
import { float32Values, toLayout } from '../../tensor/convertTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import { dataError, type Label } from '../data/EvalSet.js'
import { bootstrapped, bootstrappedDifference } from './bootstrapped.js'
import { classLabel, type Measured, type MeasuredSample, type Metric } from './Metric.js'

/** How often pixels of a label became a class, without pairs that do not occur; and how many differ from the reference's. */
interface Pixels {
  readonly counts: readonly (readonly [label: number, found: number, count: number])[]
  readonly classes: number
  readonly flips: number | null
}

/**
 * The mean over classes of intersection over union, from the sums of the whole set: classes that neither a label nor
 * an answer has are left out. Pixels whose label is `ignored` count nowhere.
 */
export function miou(ignored: number | undefined): Metric {
  const statistic = (measured: readonly Measured[]) => (places: Uint32Array) =>
    Sums.of(measured as readonly Pixels[], places).mean()
  return {
    name: 'miou',
    measure: (sample) => countPixels(sample, ignored),
    summarise(measured, { classes, seed }) {
      const sums = Sums.of(measured as readonly Pixels[])
      return {
        metric: 'miou',
        ...bootstrapped(measured.length, statistic(measured), seed),
        count: sums.pixels,
        details: { pixelAccuracy: sums.pixels === 0 ? null : sums.right / sums.pixels },
        classes: sums.used().map((index) => ({
          index,
          label: classLabel(classes, index),
          count: sums.labelled[index]!,
          value: sums.of(index),
          low: null,
          high: null,
        })),
      }
    },
    differ(reference, candidate, { seed }) {
      const statistics = [statistic(reference), statistic(candidate)] as const
      const flips = (candidate as readonly Pixels[]).reduce((sum, one) => sum + (one.flips ?? 0), 0)
      return { ...bootstrappedDifference('miou', candidate.length, statistics, seed), flips }
    },
  }
}

function countPixels(
  { output, reference, label, name, model }: MeasuredSample,
  ignored: number | undefined,
): Pixels {
  const mask = classMap(output, model)
  const wanted = labelMap(label, mask, name, model)
  const counts = new Map<number, number>()
  for (let i = 0; i < wanted.length; i++) {
    const own = wanted[i]!
    if (own === ignored) continue
    if (own >= mask.classes) {
      throw dataError(
        `${name}: expected labels below ${mask.classes}, the number of classes of ${model}, received ${own} at pixel ${i}`,
        { help: 'Where that means no class, say so with --ignore-label.' },
      )
    }
    const key = own * mask.classes + mask.data[i]!
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const other = reference && classMap(reference, 'the reference')
  return {
    counts: [...counts].map(([key, count]) => [Math.floor(key / mask.classes), key % mask.classes, count]),
    classes: mask.classes,
    flips: other ? mask.data.reduce((sum, found, i) => sum + (found === other.data[i] ? 0 : 1), 0) : null,
  }
}

interface ClassMap {
  readonly height: number
  readonly width: number
  readonly classes: number
  readonly data: Uint32Array
}

/** The class of each pixel: the first of the best scores. */
function classMap(output: Tensor, model: string): ClassMap {
  const { data, shape } = toLayout(output, 'NCHW')
  const isBatched = shape.length === 4 && shape[0] === 1
  const [classes = 0, height = 0, width = 0] = isBatched ? shape.slice(1) : shape.length === 3 ? shape : []
  if (classes < 2) {
    throw dataError(
      `${model}: expected scores of several classes for each pixel, received an output of shape ${formatShape(output.shape)}`,
      { help: '--output names another output.' },
    )
  }
  const scores = float32Values(new Tensor(data, shape, { dtype: output.dtype }))
  const size = height * width
  const found = new Uint32Array(size)
  for (let plane = 1; plane < classes; plane++) {
    for (let pixel = 0; pixel < size; pixel++) {
      if (scores[plane * size + pixel]! > scores[found[pixel]! * size + pixel]!) found[pixel] = plane
    }
  }
  return { height, width, classes, data: found }
}

function labelMap(label: Label, { height, width }: ClassMap, name: string, model: string): ArrayLike<number> {
  if (!(label instanceof Tensor)) {
    throw dataError(
      `${name}: expected a mask as its label, received ${label === undefined ? 'none' : `the class ${label}`}`,
      {
        help: 'A .csv names masks in its column label, arrays hold them as labels of [samples, height, width].',
      },
    )
  }
  const size = label.shape.filter((axis, place, all) => axis !== 1 || all.length - place <= 2)
  if (size.length === 2 && size[0] === height && size[1] === width) return float32Values(label)
  throw dataError(
    `${name}: expected a mask of ${formatShape([height, width])}, the size of the output of ${model}, received ${formatShape(label.shape)}`,
    { help: 'Masks are not resized: make them of the size that the model gives.' },
  )
}

/** Pixels by label, by what was found, and by both where they agree. */
class Sums {
  right = 0
  pixels = 0

  private constructor(
    readonly labelled: Float64Array,
    private readonly found: Float64Array,
    private readonly both: Float64Array,
  ) {}

  /** Of the samples at `places`, where a place may occur more than once; default: of all. */
  static of(measured: readonly Pixels[], places?: Uint32Array): Sums {
    const classes = measured.reduce((most, one) => Math.max(most, one.classes), 0)
    const sums = new Sums(new Float64Array(classes), new Float64Array(classes), new Float64Array(classes))
    const count = places?.length ?? measured.length
    for (let i = 0; i < count; i++) sums.#add(measured[places?.[i] ?? i]!)
    return sums
  }

  #add({ counts }: Pixels): void {
    for (const [label, found, count] of counts) {
      this.labelled[label]! += count
      this.found[found]! += count
      this.pixels += count
      if (label !== found) continue
      this.both[label]! += count
      this.right += count
    }
  }

  used(): readonly number[] {
    return [...this.labelled.keys()].filter((index) => this.labelled[index]! + this.found[index]! > 0)
  }

  of(index: number): number {
    return this.both[index]! / (this.labelled[index]! + this.found[index]! - this.both[index]!)
  }

  mean(): number | null {
    const used = this.used()
    return used.length === 0 ? null : used.reduce((sum, index) => sum + this.of(index), 0) / used.length
  }
}
