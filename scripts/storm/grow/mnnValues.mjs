import { breakingNumbers, product } from './dice.mjs'

const mostValues = 20_000
const mostDepth = 3
/** Weights elsewhere and two kinds of compression: only a few files have them, and most that are made up are refused. */
const rare = /^(external|symmetricQuan|quanParameter|sparseParameter)$/

export const anyNumber = ({ next, pick, below }) => {
  const kind = next()
  if (kind < 0.75) return pick([0, 1, 1, 2, 3, 4, 1, 2])
  if (kind < 0.9) return below(20)
  return kind < 0.97 ? pick([-1, -1, -2, -3, -4]) : pick(breakingNumbers)
}

const anyFloat = ({ next, pick, chance }) =>
  pick([0, 1, 0.5, 2, -1, 0.1, next(), 1e-5, 100, chance(0.2) ? 1e9 : 3])

/** A table of MNN's schema with values that are legal, or nearly so, for an input of this shape. */
export function tableOf(name, { tables, enums }, shape, dice) {
  const { pick, chance, list, below } = dice
  const sizes = shape.length > 0 ? shape : [1]
  const channels = sizes[1] ?? sizes[0]

  const table = (name, depth) => {
    if (name === 'Blob') return blobOf(sizes, dice)
    const made = {}
    for (const field of tables[name]) {
      if (
        field.type === 'void' ||
        field.type === 'OpParameter' ||
        chance(rare.test(field.name) ? 0.96 : 0.25)
      )
        continue
      const value = valueFor(field.type, field.name, depth)
      if (value !== undefined) made[field.name] = value
    }
    return made
  }

  const valueFor = (type, name, depth) => {
    const [, inner] = /Vector<(.*)>$/.exec(type) ?? []
    if (inner !== undefined) {
      const isWeights = inner === 'float' && /weight|bias|Data|float32s/i.test(name)
      const length = isWeights
        ? pick([...sizes, channels, 1, 4])
        : pick([0, 1, 1, 2, 2, 3, 4, 4, 6, sizes.length])
      return list(Math.min(length, mostValues), () =>
        valueFor(inner.replace(/.*Offset<(.*)>$/, '$1'), name, depth),
      ).filter((value) => value !== undefined)
    }
    if (tables[type]) return depth < mostDepth ? table(type, depth + 1) : undefined
    if (enums[type]) return pick(Object.keys(enums[type]).filter((each) => !/^M(IN|AX)$/.test(each)))
    if (type.endsWith('String')) return pick(['', 'bilinear', 'abc'])
    if (type === 'bool') return chance(0.4)
    if (type === 'float') return anyFloat(dice)
    if (/^u?int8_t$/.test(type)) return below(100)
    if (/^(inputCount|outputCount|group|channels)$/i.test(name)) return pick([channels, channels, 1, 2, 0])
    if (/axis|dim$/i.test(name)) return pick([0, 1, 2, 3, -1, -2, sizes.length - 1])
    if (/^u/.test(type)) return Math.abs(anyNumber(dice))
    return /^int/.test(type) ? anyNumber(dice) : undefined
  }

  return table(name, 0)
}

/** A constant: of any few dimensions, or of those given, whole numbers or not. */
export function blobOf(sizes, dice, given = {}) {
  const { pick, chance, list, below } = dice
  const dims = given.dims ?? list(pick([0, 1, 1, 1, 2, 3, 4]), () => pick([1, 2, 3, 4, 1 + below(8)]))
  const count = Math.min(product(dims), mostValues)
  const dataFormat = pick(['NCHW', 'NCHW', 'NHWC', 'NC4HW4'])
  const { ints, floats } = given
  if (floats || (!ints && chance(0.4)))
    return { dims, dataFormat, dataType: 'DT_FLOAT', float32s: floats ?? list(count, () => anyFloat(dice)) }
  const any = () => (chance(0.5) ? anyNumber(dice) : pick([0, 1, 2, -1, ...sizes]))
  return { dims, dataFormat, dataType: 'DT_INT32', int32s: ints ?? list(count, any) }
}
