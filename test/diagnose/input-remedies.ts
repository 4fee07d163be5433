// What --fix makes of an input: the record that it is to be made by, whatever was done to it, and what that was measured to bring.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { diagnose } from '../../dist/diagnose/diagnose.js'
import type { Pixels, Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { paramText } from '../helpers/ncnnModel.js'
import { paintedPicture } from '../helpers/paintedPicture.js'

const folder = mkdtempSync(join(tmpdir(), 'twinfer-input-remedies-'))
t.teardown(() => rmSync(folder, { recursive: true }))

const side = 96
const model = join(folder, 'model.ncnn.param')
writeFileSync(
  model,
  paramText(`Input in0 0 1 in0 0=${side} 1=${side} 2=3`, 'Pooling pool 1 1 in0 out0 0=1 4=1'),
)
writeFileSync(join(folder, 'model.ncnn.bin'), '')
const fix = join(folder, 'fixed')
const sidecar = join(fix, 'model.ncnn.param.twinfer.json')

const image = paintedPicture(80, 60, 4)
const record: Preprocessing = {
  size: { width: side, height: side },
  order: 'RGB',
  fit: 'stretch',
  resampler: 'pillow',
  interpolation: 'bilinear',
}

async function remedyOf(golden: Tensor, deployed: Tensor, of = image) {
  rmSync(fix, { recursive: true, force: true })
  const { causes, remedies } = await diagnose(model, {
    reference: model,
    samples: [{ name: 'x', image: of, golden, deployed }],
    precision: 'fp32',
    fix,
  })
  return { code: causes[0].code, remedies }
}

const golden = preprocess(image, record)
const values = golden.data as Float32Array
const faults: readonly (readonly [code: string, Float32Array])[] = [
  ['LAYOUT_MISREAD', values.map((_, i) => values[(i % 3) * side * side + Math.floor(i / 3)]!)],
  [
    'DTYPE_MISREAD',
    new Float32Array(Uint8Array.from({ length: 4 * values.length }, (_, i) => values[i] ?? 0).buffer),
  ],
  ['INPUT_CONSTANT', values.map(() => 0)],
  ['INPUT_NOT_FINITE', values.map((value, i) => (i === 77 ? Number.NaN : value))],
]
for (const [code, data] of faults) {
  t.test(`${code}: the input is made of the picture anew, by the record of the golden one`, async (t) => {
    const found = await remedyOf(golden, new Tensor(data, golden.shape))
    t.match(found, { code, remedies: [{ code, mended: true, before: { pass: false }, written: [sidecar] }] })
    t.match(JSON.parse(readFileSync(sidecar, 'utf8')).inputs.in0.image, {
      fit: 'stretch',
      mean: [0, 0, 0],
      std: [1, 1, 1],
    })
  })
}

t.test('a picture that the golden input was not made of mends nothing, and nothing is written', async (t) => {
  const other = await remedyOf(
    golden,
    new Tensor(
      values.map(() => 0),
      golden.shape,
    ),
    paintedPicture(80, 60, 5),
  )
  t.match(other, { code: 'INPUT_CONSTANT', remedies: [] })
  t.equal(existsSync(sidecar), false)
})

/** Linear, but half a pixel of the input to the left and up, as no record has it: so libvips enlarges. */
function cornered({ data, width, height }: Pixels): Tensor {
  const at = (x: number, y: number, c: number) => data[(y * width + x) * 3 + c]!
  const made = Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, row, column] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side]
    const x = Math.max(0, (column / side) * width - 0.5)
    const y = Math.max(0, (row / side) * height - 0.5)
    const [left, top] = [Math.floor(x), Math.floor(y)]
    const [right, below] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)]
    const line = (y: number) => at(left, y, c) + (x - left) * (at(right, y, c) - at(left, y, c))
    return Math.round(line(top) + (y - top) * (line(below) - line(top)))
  })
  return new Tensor(made, [1, 3, side, side])
}

t.test('a resize that no record can name is kept, and the fault beside it undone', async (t) => {
  const { data, ...rest } = image
  const pixels = Array.from({ length: data.length / 3 }, (_, i) => data.subarray(3 * i, 3 * i + 3))
  const turned = { ...rest, data: Uint8Array.from(pixels.reverse().flatMap((pixel) => [...pixel])) }
  for (const [code, deployed] of [
    ['PREPROC_ROTATED', cornered(turned)],
    [
      'PREPROC_RANGE',
      new Tensor(
        (cornered(image).data as Float32Array).map((value) => value / 255),
        golden.shape,
      ),
    ],
  ] as const) {
    const { remedies } = await remedyOf(cornered(image), deployed)
    t.match(remedies, [
      {
        code,
        mended: true,
        said: new RegExp(`^Keep your own resize.* undo ${code}: .*By the corrected record alone`),
      },
    ])
  }
})

/** Between bars of `value` above and below. */
function between(value: number, { data, shape }: Tensor): Tensor {
  const isBar = (i: number) => Math.abs(Math.floor((i % side ** 2) / side) - side / 2 + 0.5) > side / 3
  return new Tensor(
    (data as Float32Array).map((it, i) => (isBar(i) ? value : it)),
    shape,
  )
}

t.test('bars of another value are painted over where the resize is kept', async (t) => {
  const made = cornered(image)
  const { code, remedies } = await remedyOf(between(114, made), between(0, made))
  t.equal(code, 'PREPROC_ASPECT')
  t.match(remedies, [{ code, mended: true, said: /^Keep your own resize/ }])
})

t.test('a filter that no record can name is not undone, and stays below the bar', async (t) => {
  const nearest = preprocess(image, { ...record, resampler: 'opencv', interpolation: 'nearest' })
  const { remedies } = await remedyOf(cornered(image), nearest)
  for (const { mended, said } of remedies) {
    t.equal(mended, false)
    t.match(said, /^Make the input by the corrected record/)
  }
})

t.test('a picture between bars that comes to lie a pixel off when it is mirrored is moved', async (t) => {
  const made = cornered(image)
  const mirrored = (made.data as Float32Array).map((_, i, values) => {
    const column = i % side
    return values[i - column + Math.max(0, side - 2 - column)]!
  })
  const { code, remedies } = await remedyOf(
    between(114, made),
    between(114, new Tensor(mirrored, made.shape)),
  )
  t.equal(code, 'PREPROC_ROTATED')
  t.match(remedies, [{ code, mended: true, said: /^Keep your own resize/ }])
})
