/** Mean and deviation that people use, in units of pixels from 0 to 255, red first. */
export interface Preset {
  readonly name: string
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

const all = (value: number): number[] => [value, value, value]
const of255 = (values: readonly number[]): number[] => values.map((value) => value * 255)

/** Facts of the papers' and the libraries' own configurations; none is preferred to another. */
export const presets: readonly Preset[] = [
  { name: '0…255, not scaled', mean: all(0), std: all(1) },
  { name: '0…1', mean: all(0), std: all(255) },
  { name: '-1…1', mean: all(127.5), std: all(127.5) },
  { name: 'ImageNet', mean: of255([0.485, 0.456, 0.406]), std: of255([0.229, 0.224, 0.225]) },
  {
    name: 'CLIP',
    mean: of255([0.48145466, 0.4578275, 0.40821073]),
    std: of255([0.26862954, 0.26130258, 0.27577711]),
  },
  { name: 'EfficientNet-Lite', mean: all(127), std: all(128) },
  { name: '127.5 and 128', mean: all(127.5), std: all(128) },
  { name: 'Caffe', mean: [123, 117, 104], std: all(1) },
  { name: 'Caffe, in full', mean: [123.68, 116.779, 103.939], std: all(1) },
  { name: 'ImageNet, not divided', mean: of255([0.485, 0.456, 0.406]), std: all(1) },
  { name: 'ImageNet, one deviation', mean: of255([0.485, 0.456, 0.406]), std: all(58.8) },
  { name: 'SSD', mean: [123, 117, 104], std: all(1) },
]

export type Numbers = Pick<Preset, 'mean' | 'std'>

/** The presets' numbers, each once: people give them red first, or in the order of the input's channels. */
export const eitherWay: readonly Numbers[] = [
  ...new Map(
    presets
      .flatMap(({ mean, std }) => [
        { mean, std },
        { mean: [...mean].reverse(), std: [...std].reverse() },
      ])
      .map((numbers) => [JSON.stringify(numbers), numbers]),
  ).values(),
]

/** How far numbers may be from a preset's to be taken for it. */
const tolerance = 0.005

/** The preset that recovered numbers are within half a percent of: in `order`, the picture's channel of each one. */
export function nearestPreset(
  mean: readonly number[],
  std: readonly number[],
  order: readonly number[],
): Preset | null {
  let [best, least] = [null as Preset | null, tolerance]
  for (const preset of presets) {
    // People give mean and deviation by channel of the input, or leave them red first when they change the order.
    for (const places of [order, [0, 1, 2]]) {
      let worst = 0
      mean.forEach((value, c) => {
        const [wantedMean, wantedStd] = [preset.mean[places[c]!]!, preset.std[places[c]!]!]
        worst = Math.max(
          worst,
          Math.abs(std[c]! / wantedStd - 1),
          Math.abs(value - wantedMean) / Math.max(Math.abs(wantedMean), wantedStd),
        )
      })
      if (worst < least) {
        best = {
          name: preset.name,
          mean: mean.map((_, c) => preset.mean[places[c]!]!),
          std: std.map((_, c) => preset.std[places[c]!]!),
        }
        least = worst
      }
    }
  }
  return best
}
