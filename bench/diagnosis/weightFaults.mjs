// What happens to a model's files. Each fault gets { draw, network, engine, folder, files, weights }: `files` are copies to
// be changed, `weights` where the values of each layer lie. It gives what was done, or null where it does not fit. What is
// `mendable` can be put right in a copy of the files by what the original says.
import { readFileSync, writeFileSync } from 'node:fs'
import { halfBits, halfValue, putValues, valuesOf } from './ncnnFile.mjs'

export const weightFaults = [
  {
    code: 'WEIGHTS_SHIFTED',
    variant: 'by one, NaN in front',
    mendable: true,
    with: ['WEIGHTS_NOT_FINITE'],
    plant: (given) => onLayer(given, (values) => moved(values, 1, Number.NaN)),
  },
  {
    code: 'WEIGHTS_SHIFTED',
    variant: 'by some values',
    mendable: true,
    plant: (given) =>
      onLayer(given, (values, { draw }) =>
        moved(values, draw.pick([-3, -2, -1, 1, 2, 3]), draw.normal() * 0.1),
      ),
  },
  {
    code: 'WEIGHTS_TRUNCATED',
    variant: 'cut off',
    plant({ draw, files }) {
      const whole = readFileSync(files.data)
      const length = draw.chance(0.3)
        ? whole.length - draw.int(1, 64)
        : Math.floor(whole.length * draw.between(0.05, 0.97))
      writeFileSync(files.data, whole.subarray(0, length))
      return `${length} of ${whole.length} bytes`
    },
  },
  {
    code: 'WEIGHTS_NOT_FINITE',
    variant: 'some values',
    mendable: true,
    plant: (given) =>
      onLayer(given, (values, { draw }) => {
        const bad = draw.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        for (let i = draw.int(1, 5); i > 0; i--) values[draw.int(1, values.length - 1)] = bad
        return values
      }),
  },
  {
    code: 'WEIGHTS_OTHER_MODEL',
    variant: 'trained another time',
    plant: (given) =>
      onAll(given, (values, { draw }) => {
        const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
        return values.map(() => draw.normal() * size)
      }),
  },
  {
    code: 'WEIGHTS_OTHER_MODEL',
    variant: 'trained on',
    plant(given) {
      const share = given.draw.between(0.25, 0.6)
      return onAll(given, (values, { draw }) => {
        const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
        return values.map((value) => value + draw.normal() * size * share)
      })
    },
  },
  {
    code: 'WEIGHTS_OTHER_MODEL',
    variant: 'two layers exchanged',
    mendable: true,
    plant: (given) => onTwins(given, (one, other) => [other, one]),
  },
  {
    code: 'WEIGHTS_OTHER_MODEL',
    variant: 'a layer written twice',
    mendable: true,
    plant: (given) => onTwins(given, (one) => [one, one]),
  },
  {
    code: 'WEIGHTS_OTHER_MODEL',
    variant: 'channels in another order',
    mendable: true,
    plant: (given) => onLayer(given, (values, { draw }) => reordered(values, draw)),
  },
  {
    code: 'WEIGHTS_DEAD_LAYER',
    variant: 'zeros',
    mendable: true,
    plant: (given) => onLayer(given, (values) => values.fill(0)),
  },
  {
    code: 'WEIGHTS_SCALED',
    variant: 'a factor',
    mendable: true,
    plant(given) {
      const factor = given.draw.pick([given.draw.between(0.05, 0.7), given.draw.between(1.4, 20), -1])
      const what = onLayer(given, (values) => values.map((value) => value * factor))
      return what && `${what} x ${factor.toPrecision(4)}`
    },
  },
]

/** Changes the values of one layer that has enough of them to tell. */
export function onLayer(given, change, layer) {
  const { draw, files, weights } = given
  const chosen = layer ?? draw.pick(weights.filter(({ count }) => count >= 48))
  if (!chosen) return null
  const data = readFileSync(files.data)
  putValues(data, chosen, Float32Array.from(change(valuesOf(data, chosen), given, chosen)))
  writeFileSync(files.data, data)
  given.touched = chosen.layer.name
  return chosen.layer.name
}

/** Changes the values of two layers of one kind and size. */
function onTwins(given, change) {
  const { draw, weights } = given
  const keyOf = ({ layer, count }) => `${layer.type} ${count} ${layer.numbers.get('0')}`
  const twinsOf = (one) => weights.filter((each) => each !== one && keyOf(each) === keyOf(one))
  const one = draw.pick(weights.filter((each) => each.count >= 48 && twinsOf(each).length > 0))
  if (!one) return null
  const other = draw.pick(twinsOf(one))
  const data = readFileSync(given.files.data)
  const changed = change(valuesOf(data, one), valuesOf(data, other))
  const names = [one, other].map((each, i) => onLayer(given, () => changed[i], each))
  given.touched = one.layer.name
  return names.join(' and ')
}

/** In another order, by pieces as the channels of a layer are. */
function reordered(values, draw) {
  const pieces =
    draw.pick([4, 8, 16].filter((size) => values.length % size === 0 && values.length > size)) ??
    values.length
  const size = values.length / pieces
  const places = Array.from({ length: pieces }, (_, i) => i)
  const order = draw.shuffled(places)
  if (order.every((place, i) => place === i)) order.reverse()
  return values.map((_value, i) => values[order[Math.floor(i / size)] * size + (i % size)])
}

function onAll(given, change) {
  for (const tensor of given.weights) onLayer(given, change, tensor)
  return 'all layers'
}

function moved(values, lag, filler) {
  return values.map((_value, i) => values[i - lag] ?? filler)
}

/** Through fp16 and back: what a file of fp16 weights gives an engine. */
export function throughHalf(values) {
  return values.map((value) => halfValue(halfBits(value)))
}
