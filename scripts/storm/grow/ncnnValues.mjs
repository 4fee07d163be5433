import { breakingNumbers, product } from './dice.mjs'

const expressions = [
  ...['0w,0h', '1w,-1', '*(0w,2)', '0h,0w,0c', '//(0w,2),2', '-1', '+(0w,1)', '0', '1,2', '*(0w,0h),0c'],
  ...['ceil(/(0w,2))', 'max(0w,3),min(0h,2)', '%(0w,3)', '//(0w,0)', '<<(1,30)', '0n,0d', '0w,0h,0d,0c'],
].map((expression) => `"${expression}"`)

/** Sizes of a blob, as numpy has them. */
export function anySize({ next, below, pick }) {
  const kind = next()
  if (kind < 0.15) return 1
  return kind < 0.75 ? 1 + below(20) : pick([2, 4, 8, 16, 24, 32, 12, 40, 33])
}

const anyAxis = ({ pick }) => pick([0, 1, 2, 3, -1, -2, -3, 0, 1, 4, -4])

/** Elements of an array by the parameter's name: each a pattern, the fewest elements, the most, and what one is. */
const arrays = [
  [/axes/, 1, 4, anyAxis],
  [/starts/, 1, 4, ({ pick, below }) => pick([0, 1, 2, -1, -2, 5, -233, below(20)])],
  [/ends/, 1, 4, ({ pick, below }, sizes) => pick([-1, 1, 2, 3, -233, 2 ** 31 - 1, below(20), ...sizes])],
  [/slices/, 1, 4, ({ pick, below }) => pick([-233, -233, 1, 2, 3, 4, 8, below(10)])],
  [/indices/, 1, 3, ({ pick, below }) => pick([1, 2, 3, -1, -2, below(10)])],
  [/repeats/, 1, 4, ({ pick }) => pick([1, 2, 3, 1, 0])],
  [/coeffs|activation_params/, 0, 3, ({ next }) => next().toFixed(3)],
  [/mask/, 0, 7, ({ below }) => `${below(6)}.0`],
  [
    /sizes|ratios|biases|anchors/,
    0,
    7,
    ({ next, pick, below }) => pick([(next() * 30).toFixed(2), `${below(30)}.0`]),
  ],
  [/./, 0, 4, ({ pick, below }) => pick([0, 1, 2, 3, 0.5, below(20)])],
]

const someOf =
  (...list) =>
  ({ pick }) =>
    pick(list)
const sized =
  (...list) =>
  ({ pick, below }, sizes) =>
    pick([...list, ...sizes, product(sizes.slice(-3)), 1 + below(20)])

/** Whole numbers by the parameter's name: what such a parameter is likely to be, and what it nearly is. */
const integers = [
  [
    /^(num_output|output_dim)$/,
    (dice, sizes) => dice.pick([1, 2, 3, 4, 5, 7, 8, 12, 16, 20, 24, 33, sizes[0], sizes.at(-1)]),
  ],
  [
    /channels|scale_data_size|bias_data_size|num_slope|affine_size|per_channel|scale_in|scale_out/,
    ({ pick, below }, [first, ...others]) => {
      const last = others.at(-1) ?? first
      return pick([first, first, last, last, 1, last * (others.at(-2) ?? 1), 0, 1 + below(20)])
    },
  ],
  [/group/, ({ pick, below }, sizes) => pick([1, 2, 4, sizes[0], 3, 1 + below(20)])],
  [/kernel|local_size/, someOf(1, 2, 3, 3, 4, 5, 7, 9, 11)],
  [/stride/, someOf(1, 1, 2, 3, 4)],
  [/dilation/, someOf(1, 1, 2, 3)],
  [/pad_mode/, someOf(0, 1, 2, 3, 0)],
  [/output_pad/, someOf(0, 1, 2, 5)],
  [/^pad_|^(top|bottom|left|right|front|behind)$/, someOf(0, 1, 2, 3, 5, -1, -233, -234, 20)],
  [/axis/, anyAxis],
  [
    /op_type|operation|order_type|_type$|padding_mode|^type$|type_from|type_to|elemtype|broadcast/,
    ({ pick, below }) => pick([below(11), below(24)]),
  ],
  [/offset/, ({ pick, below }) => pick([0, 1, 2, -1, -233, 5, 1 + below(20)])],
  [/^out|^pooled|output_[whd]|output_width|output_height|^[whdc]$/, sized(1, 2, 3, 4, 7, 8, -1, 0, -233)],
  [/upscale|tiles/, someOf(1, 2, 3, 4)],
  [/n_fft|winlen|hoplen/, someOf(4, 8, 16, 3, 2, 1, 32, 5)],
  [/num_class|num_box|top_k|topN|keep_top/, someOf(0, 1, 2, 3, 5, 21, 100)],
  [/constant[MNK]/, sized(0)],
  [/elempack/, someOf(1, 4, 8, 16, 0)],
  [/num_heads/, someOf(1, 2, 4, 3)],
  [
    /embed_dim|kdim|vdim/,
    ({ pick, below }, sizes) => pick([sizes.at(-1), sizes.at(-1), 4, 8, 12, 1 + below(20)]),
  ],
  [/input_dim/, ({ pick, below }) => pick([10, 1, 50, 1 + below(20)])],
  [/hidden_size/, ({ pick, below }) => pick([1, 3, 4, 8, 5, 1 + below(20)])],
  [/direction/, someOf(0, 1, 2)],
  [/fixbug0/, () => 1],
  [/TILE/, someOf(0, 1, 3, 4, 8, 16, 32, 7)],
  [/kv_cache|int8_scale_term|quantize_term/, someOf(0, 0, 0, 1, 2, 3)],
  [/int8|dynamic/, someOf(0, 0, 1, 2)],
  [/./, someOf(0, 1, 1, 0, 2, 3, 4)],
]

const rowOf = (rows, name) => rows.find(([pattern]) => pattern.test(name))

/** A value for a parameter of a layer whose inputs have these shapes: legal, or nearly so; an array has its elements. */
export function valueFor({ name, kind }, type, shapes, dice) {
  const { pick, list, below, next } = dice
  const sizes = shapes.flat().length > 0 ? shapes.flat() : [1]
  if (kind === 'text') return pick(expressions)
  if (kind === 'float') {
    const likely = /Interp/.test(type)
      ? [0.5, 2, 1, 1.5, 0.3, 3.7, 0.01, 1e-6, -1, 0, 100]
      : [0.5, 1, 0, -1, 1e-5]
    const value = pick([...likely, ...(/Interp/.test(type) ? [] : [0.1, 2, 100, 1e30, -1e30, next()])])
    return String(value).replace(/^(-?\d+)$/, '$1.0')
  }
  if (kind === 'array') {
    if (/equation/.test(name)) return equation(shapes, dice)
    const [, fewest, most, element] = rowOf(arrays, name)
    return list(fewest + below(1 + most - fewest), () => element(dice, sizes))
  }
  return rowOf(integers, name)[1](dice, shapes[0]?.length > 0 ? shapes[0] : [1])
}

/** One that breaks, whatever the parameter is for. */
export function breakingValue({ kind }, { pick, list, below }) {
  if (kind === 'array') return list(1 + below(3), () => pick(breakingNumbers))
  return kind === 'text' ? pick(expressions) : pick(breakingNumbers)
}

/** Of Einsum: a letter an axis, as the codes of its characters. */
function equation(shapes, { pick, list, below, chance }) {
  const term = (length) => list(length, () => pick([...'ijklm'])).join('')
  const terms = shapes.map((shape) => term(chance(0.8) ? shape.length : 1 + below(4)))
  const known = [...(terms.join('') || 'i')]
  const result = list(below(4), () => (chance(0.9) ? pick(known) : pick([...'ijklm']))).join('')
  return [...`${terms.join(',')}->${result}`].map((letter) => letter.charCodeAt(0))
}
