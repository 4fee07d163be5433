// What applications do to an input. A fault changes a plan, { picture, record, steps }, that begins as the golden one's
// copy; `wants` says which golden records it can happen to. Of each group a case has one fault at most.
import { exchanged, greyTwice, oriented, strideSwapped, undoing } from './pictures.mjs'
import { forChannels, normalisations, ranges } from './records.mjs'
import { kinds } from './resample.mjs'

const colour = { channels: 3 }
const notRanges = Object.keys(normalisations).filter(
  (name) => !ranges.includes(name) && name !== '127 by 128',
)

export const inputFaults = [
  {
    code: 'PREPROC_CHANNEL_ORDER',
    variant: 'exchanged',
    group: 'order',
    wants: () => colour,
    gate: 30,
    apply: (_, plan) => ({ ...plan, picture: exchanged(plan.picture) }),
  },
  {
    code: 'PREPROC_GREY',
    variant: 'luma',
    group: 'order',
    wants: () => colour,
    gate: 20,
    apply: (_, plan) => ({ ...plan, picture: greyTwice(plan.picture) }),
  },
  ...[
    [
      'the preset of another model',
      (draw, { normalisation }) =>
        normalisations[draw.pick(notRanges.filter((name) => name !== normalisation))],
    ],
    ['forgotten', () => normalisations['as pixels']],
    [
      'numbers of its own',
      (draw, { scale, mean, std }) => ({
        scale,
        mean: mean.map((value, c) => value + std[c] * (draw.chance(0.5) ? 1 : -1) * draw.between(0.1, 0.6)),
        std: std.map(
          (value) => value * (draw.chance(0.5) ? draw.between(1.15, 1.8) : draw.between(0.5, 0.85)),
        ),
      }),
    ],
    [
      'the mean after the division',
      (_, { scale, mean, std }) => ({
        scale,
        mean: mean.map((value, c) => value * std[c]),
        std,
      }),
    ],
  ].map(([variant, make]) => ({
    code: 'PREPROC_MEAN_STD',
    variant,
    group: 'normalisation',
    wants: (draw) => ({
      ...colour,
      normalisation: draw.pick(notRanges.slice(0, variant === 'the mean after the division' ? 3 : 9)),
    }),
    apply: (draw, plan) => ({ ...plan, record: { ...plan.record, ...make(draw, plan.record) } }),
  })),
  {
    // Reads as one linear step on pixels, but leaves each channel another offset: both names hold.
    code: 'PREPROC_MEAN_STD',
    variant: 'not divided by 255 before a mean for each channel',
    also: ['PREPROC_RANGE'],
    group: 'normalisation',
    wants: (draw) => ({ ...colour, normalisation: draw.pick(['imagenet', 'clip']) }),
    apply: (_, plan) => ({ ...plan, record: { ...plan.record, scale: 1 } }),
  },
  {
    code: 'PREPROC_RANGE',
    variant: 'another range',
    group: 'normalisation',
    wants: (draw) => ({ normalisation: draw.pick(ranges) }),
    apply(draw, plan) {
      const other = draw.pick(ranges.filter((name) => name !== plan.record.normalisation))
      return {
        ...plan,
        record: { ...plan.record, ...forChannels(normalisations[other], plan.record.mean.length) },
      }
    },
  },
  {
    code: 'PREPROC_RANGE',
    variant: 'divided by 255 twice',
    group: 'normalisation',
    wants: () => ({ normalisation: 'to one' }),
    apply: (_, plan) => ({ ...plan, record: { ...plan.record, scale: plan.record.scale / 255 } }),
  },
  {
    code: 'PREPROC_SOURCE_STRIDE_SWAPPED',
    variant: 'width for height',
    group: 'geometry',
    wants: () => ({}),
    gate: 12,
    apply: (_, plan) => ({ ...plan, picture: strideSwapped(plan.picture) }),
  },
  {
    code: 'PREPROC_TRANSPOSED',
    variant: 'another shape',
    group: 'geometry',
    wants: () => ({ square: false }),
    gate: null,
    apply: (_, plan) => ({
      ...plan,
      record: { ...plan.record, size: flip(plan.record.size) },
      exchanged: true,
    }),
  },
  {
    code: 'PREPROC_TRANSPOSED',
    variant: 'the same memory',
    group: 'geometry',
    wants: () => ({ square: false }),
    gate: null,
    apply: (_, plan) => ({ ...plan, record: { ...plan.record, size: flip(plan.record.size) } }),
  },
  ...[3, 6, 8, 2, 4, 5, 7].map((orientation) => ({
    code: 'PREPROC_ROTATED',
    variant: `EXIF ${orientation} ignored`,
    // 5 is a transposition, which has a code of its own as well.
    also: orientation === 5 ? ['PREPROC_TRANSPOSED'] : undefined,
    group: 'geometry',
    wants: () => ({}),
    gate: 12,
    // The file holds the pixels as the sensor read them; the golden input is of the picture as it is shown.
    apply: (_, plan) => ({ ...plan, picture: oriented(plan.picture, undoing(orientation)), orientation }),
  })),
  {
    code: 'PREPROC_ROTATED',
    variant: 'mirrored',
    group: 'geometry',
    wants: () => ({}),
    gate: 12,
    apply: (_, plan) => ({ ...plan, picture: oriented(plan.picture, 2) }),
  },
  {
    code: 'PREPROC_CROP',
    variant: 'another share',
    group: 'geometry',
    wants: () => ({ square: true, fit: 'cover' }),
    gate: 25,
    apply(draw, plan) {
      const others = [0.8, 0.875, 0.9, 0.95, 1].filter(
        (share) => Math.abs(share - plan.record.cropPct) > 0.04,
      )
      return { ...plan, record: { ...plan.record, cropPct: draw.pick(others) } }
    },
  },
  {
    code: 'PREPROC_CROP',
    variant: 'another place',
    group: 'geometry',
    wants: () => ({ square: true, fit: 'cover' }),
    gate: 25,
    apply: (draw, plan) => ({
      ...plan,
      record: { ...plan.record, place: draw.pick(['top-left', 'bottom-right']) },
    }),
  },
  ...[
    ['stretched', { square: true, fit: 'cover' }, { fit: 'stretch' }],
    ['stretched, not letterboxed', { fit: 'letterbox' }, { fit: 'stretch' }],
    ['letterboxed', { fit: 'stretch' }, { fit: 'letterbox', pad: 114 }],
    ['letterboxed, not cropped', { square: true, fit: 'cover' }, { fit: 'letterbox', pad: 0 }],
    ['padded in another place', { fit: 'letterbox', place: 'centre' }, { place: 'top-left' }],
  ].map(([variant, wants, change]) => ({
    code: 'PREPROC_ASPECT',
    variant,
    group: 'geometry',
    wants: () => wants,
    gate: 25,
    apply: (_, plan) => ({ ...plan, record: { ...plan.record, ...change } }),
  })),
  {
    code: 'PREPROC_ASPECT',
    variant: 'padded with another value',
    group: 'geometry',
    wants: () => ({ fit: 'letterbox' }),
    gate: 30,
    apply: (draw, plan) => ({
      ...plan,
      record: {
        ...plan.record,
        pad: draw.pick([0, 114, 255].filter((value) => Math.abs(value - plan.record.pad) > 20)),
      },
    }),
  },
  ...Object.keys(kinds).flatMap((from) =>
    Object.keys(kinds)
      .filter((to) => to !== from && !(isSmooth(from) && isSmooth(to)))
      .map((to) => ({
        code: 'PREPROC_INTERPOLATION',
        variant: `${to} for ${from}`,
        group: 'interpolation',
        wants: (draw) => ({
          kernel: draw.pick(kinds[from]),
          fit: draw.pick(['stretch', 'cover']),
          small: true,
        }),
        gate: 26,
        apply: (draw, plan) => ({ ...plan, record: { ...plan.record, kernel: draw.pick(kinds[to]) } }),
      })),
  ),
  {
    code: 'LAYOUT_MISREAD',
    variant: 'HWC read as CHW',
    group: 'memory',
    wants: () => colour,
    step: (_, values, { channels, width, height }) =>
      Float32Array.from(
        values,
        (_value, i) => values[(i % channels) * width * height + Math.floor(i / channels)],
      ),
  },
  {
    code: 'LAYOUT_MISREAD',
    variant: 'NC4HW4 read as CHW',
    group: 'memory',
    wants: () => colour,
    step: (_, values, { channels, width, height }) =>
      values.map((_value, i) =>
        i % 4 < channels ? values[(i % 4) * width * height + Math.floor(i / 4)] : 0,
      ),
  },
  {
    code: 'DTYPE_MISREAD',
    variant: 'bytes copied into floats',
    group: 'memory',
    wants: () => ({ normalisation: 'as pixels' }),
    step(_, values) {
      const bytes = new Uint8Array(values.length * 4)
      bytes.set(Uint8Array.from(values, Math.round))
      return new Float32Array(bytes.buffer)
    },
  },
  {
    code: 'DTYPE_MISREAD',
    variant: 'bytes taken for signed ones',
    group: 'memory',
    wants: () => ({ normalisation: 'as pixels' }),
    step: (_, values) => values.map((value) => (value > 127 ? value - 256 : value)),
  },
  {
    code: 'INPUT_NOT_FINITE',
    variant: 'some NaN or infinite',
    group: 'memory',
    wants: () => ({}),
    step(draw, values) {
      const out = values.slice()
      const bad = draw.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (let i = draw.int(1, 40); i > 0; i--) out[draw.int(0, out.length - 1)] = bad
      return out
    },
  },
  {
    code: 'INPUT_CONSTANT',
    variant: 'zeros',
    group: 'memory',
    wants: () => ({}),
    step: (_, values) => values.map(() => 0),
  },
  {
    code: 'INPUT_CONSTANT',
    variant: 'one value',
    group: 'memory',
    wants: () => ({}),
    step(draw, values) {
      const value = draw.pick([1, -1, 127, 255, draw.between(-3, 3)])
      return values.map(() => value)
    },
  },
]

function isSmooth(kind) {
  return kind === 'smoothed' || kind === 'sharpened'
}

function flip({ width, height }) {
  return { width: height, height: width }
}
