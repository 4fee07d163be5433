import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { readNpy } from 'twinfer'
import { decodeImage, preprocess } from 'twinfer/preprocess'
import { cli, cliJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'

const record = ['--order', 'GREY', '--fit', 'stretch', '--resampler', 'opencv', '--interpolation', 'bilinear']
const scaling = ['--scale', '1/240', '--mean', '0', '--std', '1']

/** A model with its sidecar, and a picture that is twice as wide as high. */
async function workplace(t: Test): Promise<string> {
  const cwd = t.testdir()
  copyFileSync(join(fixture('digits8-cnn'), 'model.mnn'), join(cwd, 'model.mnn'))
  t.equal(cli(['meta', 'init', 'model.mnn', ...record, ...scaling, '--meaning', 'logits'], { cwd }).status, 0)
  const data = Uint8Array.from({ length: 40 * 20 * 3 }, (_, i) => (i * 37) % 251)
  await sharp(data, { raw: { width: 40, height: 20, channels: 3 } })
    .png()
    .toFile(join(cwd, 'a.png'))
  return cwd
}

interface PreprocessJson {
  readonly input: object
  readonly stages: readonly { readonly name: string; readonly warnings: readonly string[] }[]
  readonly written: readonly string[]
  readonly error?: object
}

t.test('the input is what the API makes, and every stage is shown', async (t) => {
  const cwd = await workplace(t)
  const given = ['preprocess', 'a.png', '--sidecar', 'model.mnn.twinfer.json']
  const { status, json } = cliJson<PreprocessJson>([...given, '-o', 'in.npy', '--dump-stages', 'st'], { cwd })
  t.equal(status, 0)
  t.match(json.input, { name: 'image', shape: [1, 1, 8, 8], dtype: 'float32', layout: 'NCHW' })
  t.same(
    json.stages.map(({ name }) => name),
    ['decoded', 'oriented', 'resized', 'placed', 'normalised'],
  )
  t.match(json.stages[2]!.warnings, [/The aspect changed: 40 x 20 became 8 x 8, 50 % narrower/])
  t.equal(json.written.length, 7)
  t.equal(readdirSync(join(cwd, 'st')).length, 6)
  const expected = preprocess(await decodeImage(join(cwd, 'a.png')), {
    size: { width: 8, height: 8 },
    order: 'GREY',
    fit: 'stretch',
    resampler: 'opencv',
    interpolation: 'bilinear',
    scale: 1 / 240,
  })
  t.same((await readNpy(join(cwd, 'in.npy'))).data, expected.data)

  const { stdout, stderr } = cli(given, { cwd })
  t.equal(stderr, '')
  t.match(stdout, /^a\.png as image: float32 NCHW \[1, 1, 8, 8\]/)
  t.match(stdout, /^resized +8 x 8/m)
  t.match(stdout, /^resized: The aspect changed/m)
})

t.test('what is missing or wrong is said', async (t) => {
  const cwd = await workplace(t)
  const fails = (args: readonly string[], code: string, message: RegExp) => {
    const { status, json } = cliJson<PreprocessJson>(['preprocess', ...args], { cwd })
    t.equal(status, 2)
    t.match(json.error, { code, message })
  }
  const sidecar = ['--sidecar', 'model.mnn.twinfer.json']
  fails(['a.png'], 'TWINFER_USAGE', /--sidecar/)
  fails(['b.png', ...sidecar], 'TWINFER_FILE_NOT_FOUND', /b\.png/)
  fails(['a.png', '--sidecar', 'none.json'], 'TWINFER_FILE_NOT_FOUND', /none\.json/)
  fails(['a.png', ...sidecar, '--input', 'imag'], 'TWINFER_UNKNOWN_INPUT', /\(image\), received 'imag'/)
  writeFileSync(join(cwd, 'text.png'), 'no image')
  fails(['text.png', ...sidecar], 'TWINFER_IMAGE_INVALID', /text\.png/)
})
