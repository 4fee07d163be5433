import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import t from 'tap'
import { decodeImage, preprocess } from 'twinfer/preprocess'
import { projectPath } from '../helpers/projectPath.js'
import { seededRandom } from '../helpers/seededRandom.js'

function picture(width: number, height: number, channels: 1 | 2 | 3 | 4): { data: Uint8Array; image: Sharp } {
  const random = seededRandom(width)
  const data = Uint8Array.from({ length: width * height * channels }, () => Math.floor(random() * 256))
  return { data, image: sharp(data, { raw: { width, height, channels } }) }
}

t.test('pixels are those of the file, in colour, grey, with alpha and from a palette', async (t) => {
  for (const channels of [1, 2, 3, 4] as const) {
    const { data, image } = picture(13, 7, channels)
    const grey = channels < 3 ? image.toColourspace('b-w') : image
    const decoded = await decodeImage(await grey.png().toBuffer())
    t.match(decoded, { width: 13, height: 7, channels: channels === 2 ? 1 : channels, orientation: 1 })
    const kept = channels === 2 ? data.filter((_, i) => i % 2 === 0) : data
    t.same(Uint8Array.from(decoded.data), kept, `${channels} channels`)
  }
  const flat = sharp({ create: { width: 3, height: 2, channels: 3, background: '#12c8ff' } })
  const palette = await decodeImage(await flat.png({ palette: true }).toBuffer())
  t.same([...palette.data.subarray(0, 3)], [0x12, 0xc8, 0xff])
  const file = join(t.testdir(), 'picture.webp')
  await picture(13, 7, 3).image.webp({ lossless: true }).toFile(file)
  t.same(Uint8Array.from((await decodeImage(file)).data), picture(13, 7, 3).data, 'from a path')
})

t.test("a camera's orientation comes along, and the pixels are not turned", async (t) => {
  const { data, image } = picture(16, 8, 3)
  const stored = await image.withMetadata({ orientation: 6 }).png().toBuffer()
  const decoded = await decodeImage(stored)
  t.match(decoded, { width: 16, height: 8, orientation: 6 })
  t.same(Uint8Array.from(decoded.data), data)
  const size = { width: 8, height: 16 }
  const record = {
    size,
    order: 'RGB',
    fit: 'stretch',
    resampler: 'pillow',
    interpolation: 'bilinear',
    dtype: 'uint8',
    layout: 'NHWC',
  } as const
  const turned = await sharp(stored).autoOrient().raw().toBuffer()
  t.same(preprocess(decoded, record).data, Uint8Array.from(turned))
})

t.test('colour profiles are not applied: what people train with does not either', async (t) => {
  const { data, image } = picture(9, 9, 3)
  const p3 = await image.withIccProfile('p3').png().toBuffer()
  t.ok((await sharp(p3).metadata()).icc, 'there is one')
  const stored = await sharp(p3, { ignoreIcc: true }).raw().toBuffer()
  const decoded = await decodeImage(p3)
  t.same(Uint8Array.from(decoded.data), Uint8Array.from(stored))
  t.ok(
    data.some((value, i) => value !== decoded.data[i]),
    'the profile changed the stored values',
  )
})

t.test('images from which no plain pixels follow are refused, with what to do', async (t) => {
  const { image } = picture(12, 12, 3)
  const refused = async (bytes: Uint8Array, message: RegExp) =>
    t.rejects(decodeImage(bytes), { code: 'TWINFER_IMAGE_UNSUPPORTED', message, help: /\w/ })
  await refused(await image.clone().toColourspace('rgb16').png().toBuffer(), /received values of 'ushort'/)
  await refused(await image.clone().toColourspace('cmyk').jpeg().toBuffer(), /received CMYK colours/)
  const frames = sharp(
    await sharp(picture(8, 24, 3).data, { raw: { width: 8, height: 24, channels: 3, pageHeight: 8 } })
      .gif()
      .toBuffer(),
    { animated: true },
  )
  await refused(await frames.gif({ delay: [100, 100, 100] }).toBuffer(), /received 3 frames or pages/)
  await refused(
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'),
    /a svg, which has no pixels/,
  )
})

t.test('what is damaged is never filled in', async (t) => {
  const { image } = picture(200, 200, 3)
  for (const format of ['png', 'jpeg', 'webp', 'tiff'] as const) {
    const whole = await image.clone().toFormat(format).toBuffer()
    await decodeImage(whole)
    for (const share of [0.02, 0.5, 0.97]) {
      const part = whole.subarray(0, Math.floor(whole.length * share))
      await t.rejects(decodeImage(part), { code: 'TWINFER_IMAGE_INVALID' }, `${share} of a ${format}`)
    }
  }
  await t.rejects(decodeImage(Buffer.from('no image')), {
    code: 'TWINFER_IMAGE_INVALID',
    message: /cannot be decoded/,
  })
  await t.rejects(decodeImage(new Uint8Array(0)), { code: 'TWINFER_IMAGE_INVALID' })
})

t.test('paths that lead nowhere, and arguments that are none', async (t) => {
  const folder = t.testdir({ 'photo.png': '' })
  await t.rejects(decodeImage(join(folder, 'foto.png')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /photo\.png/,
  })
  await t.rejects(decodeImage(folder), { code: 'TWINFER_FILE_UNREADABLE' })
  await t.rejects(decodeImage(7 as never), { code: 'TWINFER_INVALID_ARGUMENT', message: /received number 7/ })
})

t.test('without sharp it says so', async (t) => {
  const folder = t.testdir()
  const hide = join(folder, 'hide.cjs')
  writeFileSync(
    hide,
    `const Module = require('node:module')
     const resolve = Module._resolveFilename
     Module._resolveFilename = (request, ...rest) => {
       if (request === 'sharp') throw Object.assign(new Error("Cannot find module 'sharp'"), { code: 'MODULE_NOT_FOUND' })
       return resolve(request, ...rest)
     }`,
  )
  const source =
    "import { decodeImage } from 'twinfer/preprocess'; await decodeImage('examples/photo/chelsea.png').catch(({ code, help }) => console.log(code, help))"
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', hide, '--input-type=module', '-e', source],
    {
      cwd: projectPath('.'),
      encoding: 'utf8',
    },
  )
  t.match(stdout, /^TWINFER_MISSING_DEPENDENCY Install it with `npm i sharp`/, stderr)
  t.ok(readFileSync(projectPath('examples/photo/chelsea.png')).length > 1000)
})
