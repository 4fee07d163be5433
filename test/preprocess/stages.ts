import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { dumpStages, type Pixels, type Preprocessing, preprocess, preprocessStages } from 'twinfer/preprocess'
import { seededRandom } from '../helpers/seededRandom.js'

const record: Preprocessing = {
  size: { width: 24, height: 24 },
  order: 'BGR',
  fit: 'cover',
  resampler: 'pillow',
  interpolation: 'bicubic',
  scale: 1 / 255,
  mean: 0.5,
  std: [0.25, 0.5, 1],
}

function photo(width: number, height: number, levels = 256): Pixels {
  const random = seededRandom(5)
  const data = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * levels))
  return { data, width, height, channels: 3 }
}

const warningsOf = (pixels: Pixels, changes: Partial<Preprocessing> = {}) =>
  preprocessStages(pixels, { ...record, ...changes }).stages.flatMap(({ name, warnings }) =>
    warnings.map((warning) => `${name}: ${warning}`),
  )

t.test('every stage has its size and the statistics of its channels', async (t) => {
  const pixels = { ...photo(60, 40), orientation: 6 }
  const { tensor, stages } = preprocessStages(pixels, record)
  t.same(tensor.data, preprocess(pixels, record).data)
  t.same(
    stages.map(({ name, width, height, channels }) => [name, width, height, channels]),
    [
      ['decoded', 60, 40, 3],
      ['oriented', 40, 60, 3],
      ['resized', 24, 36, 3],
      ['placed', 24, 24, 3],
      ['normalised', 24, 24, 3],
    ],
  )
  for (const stage of stages) {
    const values = stage.pixels()
    for (const [channel, { min, max, mean, std, notFinite }] of stage.statistics.entries()) {
      const own = Array.from(values).filter((_, i) => i % 3 === channel)
      const average = own.reduce((sum, value) => sum + value, 0) / own.length
      const spread = Math.sqrt(own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length)
      t.same([min, max, notFinite], [Math.min(...own), Math.max(...own), 0], `${stage.name} ${channel}`)
      t.ok(Math.abs(mean - average) < 1e-9 && Math.abs(std - spread) < 1e-9, `${stage.name} ${channel}`)
    }
    t.same(stage.warnings, [])
  }
  t.same(Array.from(stages[0]!.pixels()), Array.from(pixels.data))
  t.same(
    stages[3]!.statistics[0]!.max,
    stages[2]!.pixels().length && Math.max(...Array.from(stages[3]!.pixels()).filter((_, i) => i % 3 === 0)),
  )
})

t.test('what is odd is said, at the stage where it is', async (t) => {
  t.match(warningsOf(photo(60, 40), { fit: 'stretch' }), [
    'resized: The aspect changed: 60 x 40 became 24 x 24, 33 % narrower.',
  ])
  t.same(warningsOf(photo(60, 58), { fit: 'stretch' }), [], 'less than 5 % is nothing')
  t.match(warningsOf(photo(60, 64), { fit: 'stretch' }), [/64 became .* 7 % wider/])
  t.match(warningsOf(photo(60, 40, 2)), [/^decoded: No pixel is above 1: they were scaled already/])
  const grey = photo(60, 40)
  for (let i = 0; i < grey.data.length; i++) grey.data[i] = grey.data[i - (i % 3)]!
  t.match(warningsOf(grey), new Array(4).fill(/All channels are equal/))
  const dead = photo(60, 40)
  for (let i = 1; i < dead.data.length; i += 3) dead.data[i] = 9
  t.match(
    warningsOf(dead).filter((warning) => warning.startsWith('oriented')),
    ['oriented: Channel 1 is 9 everywhere.'],
  )
  t.match(warningsOf(photo(60, 40), { scale: 1e300, std: 1e-300 }), [
    /^normalised: \d+ values are not finite/,
  ])
})

t.test('stages are written as pictures and numbers', async (t) => {
  const folder = join(t.testdir(), 'made', 'here')
  const { stages } = preprocessStages(photo(60, 40), { ...record, fit: 'letterbox', pad: { value: 114 } })
  const files = await dumpStages(stages, folder)
  t.same(readdirSync(folder).sort(), [
    '0-decoded.png',
    '1-oriented.png',
    '2-resized.png',
    '3-placed.png',
    '4-normalised.png',
    'stages.json',
  ])
  t.same(files.length, 6)
  t.ok(files.every((file) => existsSync(file)))
  t.same(Uint8Array.from(await sharp(files[0]).raw().toBuffer()), photo(60, 40).data)
  const placed = await sharp(files[3]).raw().toBuffer({ resolveWithObject: true })
  t.match(placed.info, { width: 24, height: 24, channels: 3 })
  t.same([...placed.data.subarray(0, 3)], [114, 114, 114], 'in pixel units as they are')
  const described = JSON.parse(readFileSync(files[5]!, 'utf8'))
  t.match(described[4], {
    name: 'normalised',
    width: 24,
    statistics: [{ notFinite: 0 }, {}, {}],
    warnings: [],
  })
  const file = join(t.testdir(), 'file')
  writeFileSync(file, '')
  await t.rejects(dumpStages(stages, join(file, 'below')), { code: 'TWINFER_FILE_UNREADABLE' })
})
