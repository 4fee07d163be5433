// The exam of `diagnose` examines; here it is examined itself: its resampling against what Pillow and OpenCV made, its marks
// against answers that are right and wrong, and that the same seed plants the same case.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array
}

interface Marked {
  readonly right: boolean
  readonly first: string
  readonly besides: readonly string[]
}

interface Exam {
  readonly resize: (picture: Picture, size: object, kernel: string) => Promise<Picture>
  readonly rounded: (picture: Picture) => Picture
  readonly mark: (question: object, planted: object, answer: object) => Marked
  readonly tables: (marks: readonly object[], run: object) => string
  readonly halfBits: (value: number) => number
  readonly halfValue: (bits: number) => number
}

const part = (name: string) => import(projectPath(`bench/diagnosis/${name}.mjs`)) as Promise<Exam>
const { resize, rounded } = await part('resample')
const { mark, tables } = await part('mark')
const { halfBits, halfValue } = await part('ncnnFile')
const made = projectPath('bench/diagnosis/made-in-python')

async function decode(file: string): Promise<Picture> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}

const photo = await decode(projectPath('examples/photo/chelsea.png'))

// Pillow rounds between its two passes; OpenCV's weights are whole 2048ths, and those of its area 32-bit floats.
const limits = {
  'pillow-nearest': 0,
  'opencv-nearest': 0,
  'opencv-area': 1,
  'opencv-linear': 1,
  'opencv-cubic': 1,
}
for (const file of readdirSync(made).filter((name) => name.startsWith('stretch-'))) {
  const kernel = file.slice('stretch-'.length, -'.png'.length)
  t.test(`the exam's ${kernel} is the library's`, async (t) => {
    const wanted = await decode(join(made, file))
    const { data } = rounded(await resize(photo, { width: 96, height: 80 }, kernel))
    const off = data.map((value, i) => Math.abs(value - wanted.data[i]!))
    t.equal(off.length, 96 * 80 * 3)
    const limit = limits[kernel as keyof typeof limits] ?? 1
    t.ok(Math.max(...off) <= limit, `off by ${Math.max(...off)} levels at most`)
  })
}

const single = { id: 'A/b', kind: 'single', code: 'PREPROC_CROP' }
const planted = { accept: [['PREPROC_CROP']], note: '' }
const answer = (...codes: string[]) => ({ causes: codes.map((code) => ({ code })) })

t.test('a single fault is right where it is named first', async (t) => {
  t.match(mark(single, planted, answer('PREPROC_CROP', 'PREPROC_GREY')), {
    right: true,
    besides: ['PREPROC_GREY'],
  })
  t.match(mark(single, planted, answer('PREPROC_GREY', 'PREPROC_CROP')), {
    right: false,
    first: 'PREPROC_GREY',
  })
  t.match(mark(single, planted, answer()), { right: false, first: 'nothing' })
  t.match(mark(single, planted, { error: 'TWINFER_X' }), { right: false, first: 'TWINFER_X' })
  const worded = { ...planted, words: /centre/ }
  t.equal(mark(single, worded, answer('PREPROC_CROP')).right, false, 'the words are missing')
})

t.test('of a pair both have to be named, in any order', async (t) => {
  const pair = { id: 'pair/x', kind: 'pair', code: 'pair' }
  const both = { accept: [['PREPROC_CROP'], ['PREPROC_GREY']] }
  t.equal(mark(pair, both, answer('PREPROC_GREY', 'PREPROC_CROP')).right, true)
  t.equal(mark(pair, both, answer('PREPROC_GREY')).right, false)
})

t.test('nothing but the harmless may be said of a clean pair', async (t) => {
  const clean = { id: 'clean/x', kind: 'clean', code: 'clean' }
  const nothing = { accept: [['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES']] }
  t.equal(mark(clean, nothing, answer('NONE')).right, true)
  t.equal(mark(clean, nothing, answer('PRECISION_EXPECTED', 'ARGMAX_TIES')).right, true)
  t.equal(mark(clean, nothing, answer('PRECISION_EXPECTED', 'WEIGHTS_SCALED')).right, false)
  t.equal(mark(clean, nothing, answer('INCONCLUSIVE')).right, false)
  t.equal(mark(clean, nothing, answer()).right, false)
})

t.test('the tables count', async (t) => {
  const marks = [
    mark(single, planted, answer('PREPROC_CROP')),
    mark(single, planted, answer('PREPROC_ASPECT')),
    mark(single, planted, answer('PREPROC_ASPECT')),
  ]
  const text = tables(marks, { seed: 1, count: 3 })
  t.match(text, '| single faults, first cause right | 1 of 3 | 33.3 % | ≥ 95 % |')
  t.match(text, '| `PREPROC_CROP` | 3 | 1 | PREPROC_ASPECT 2 |')
})

t.test('fp16 as the engines store it', async (t) => {
  const cases = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [65504, 0x7bff],
    [65519.9, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2],
    [2 ** -14, 0x400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ] as const
  for (const [value, bits] of cases) t.equal(halfBits(value), bits, String(value))
  t.ok(Number.isNaN(halfValue(halfBits(Number.NaN))))
  for (const bits of [1, 0x3ff, 0x400, 0x3c01, 0x7bff, 0x8001, 0xc000])
    t.equal(halfBits(halfValue(bits)), bits)
})

t.test('the same seed plants the same case, another seed another one', async (t) => {
  const plant = (seed: string, folder: string) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        projectPath('bench/diagnosis.mjs'),
        ...['--plant', '--only', 'PREPROC_CROP/another share#0', '--seed', seed, '--keep', folder],
      ],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`expected a case, received exit code ${status}: ${stderr}`)
    return ['golden.npy', 'deployed.npy'].map((file) =>
      readFileSync(join(folder, 'PREPROC_CROP-another-share#0', file)).toString('base64'),
    )
  }
  const folder = t.testdir({ a: {}, b: {}, c: {} })
  const [first, again, other] = [
    plant('5', join(folder, 'a')),
    plant('5', join(folder, 'b')),
    plant('6', join(folder, 'c')),
  ]
  t.same(again, first)
  t.not(other[0], first[0])
  t.not(first[0], first[1], 'the deployed input is another one')
})
