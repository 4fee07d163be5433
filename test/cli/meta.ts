import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { compareTensors } from '../../dist/compare.js'
import type { Sidecar } from '../../dist/preprocess/sidecar/Sidecar.js'
import { preprocess } from '../../dist/preprocess.js'
import { writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { digitsLabels } from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'
import { paintedPicture } from '../helpers/paintedPicture.js'

// Each command line is two processes.
t.setTimeout(600_000)

interface MetaJson {
  readonly ok: boolean
  readonly sidecar: string
  readonly record: Sidecar
  readonly findings: readonly { readonly code: string }[]
  readonly notes: readonly string[]
}

function workplace(t: Test): string {
  const folder = t.testdir({ 'labels.txt': digitsLabels.join('\n') })
  cpSync(fixture('digits8-cnn'), folder, { recursive: true })
  return folder
}

const record =
  '--width 8 --height 8 --order GREY --fit stretch --resampler pillow --interpolation bilinear --scale 1/240 --mean 0 --std 1'.split(
    ' ',
  )

t.test(
  'init asks for what is open, then writes what show prints and verify holds to the model',
  async (t) => {
    const cwd = workplace(t)
    const open = cliJson<ErrorJson>(['meta', 'init', 'model.ncnn.param', '--width', '8', '--height', '8'], {
      cwd,
    })
    t.equal(open.status, 2)
    t.match(open.json.error, {
      code: 'TWINFER_SIDECAR_INCOMPLETE',
      message: /order, fit, resampler, interpolation, scale, mean, std$/,
      help: /--order.*--fit.*--scale/,
    })
    t.notOk(existsSync(join(cwd, 'model.ncnn.param.twinfer.json')), 'nothing is written')
    const meaning = ['--meaning', 'logits', '--labels', 'labels.txt']
    const init = cliJson<MetaJson>(['meta', 'init', 'model.ncnn.param', ...record, ...meaning], { cwd })
    t.equal(init.status, 0, init.stderr)
    t.equal(init.json.sidecar, 'model.ncnn.param.twinfer.json')
    t.match(init.json.record, {
      inputs: { in0: { image: { scale: 1 / 240, order: 'GREY', size: { width: 8, height: 8 } } } },
      outputs: { out0: { meaning: 'logits', labels: digitsLabels } },
      source: { kind: 'options', from: null },
    })
    t.same(JSON.parse(readFileSync(join(cwd, init.json.sidecar), 'utf8')), init.json.record)
    t.same(cliJson<MetaJson>(['meta', 'show', 'model.ncnn.param'], { cwd }).json.record, init.json.record)
    const shown = cli(['meta', 'show', 'model.ncnn.param'], { cwd }).stdout
    t.match(shown, /fit +stretch/)
    t.match(shown, /values +\(pixel \* 0\.0041\d+ - 0\) \/ 1/)
    t.match(shown, /output out0: logits, 10 labels/)
    t.match(cliJson<MetaJson>(['meta', 'verify', 'model.ncnn.param'], { cwd }), {
      status: 0,
      json: { ok: true, findings: [] },
    })
    const again = cliJson<ErrorJson>(['meta', 'init', 'model.ncnn.param', ...record], { cwd })
    t.match(again, { status: 2, json: { error: { code: 'TWINFER_INVALID_OPTION', help: /--force/ } } })
    t.equal(cli(['meta', 'init', 'model.ncnn.param', ...record, '--force'], { cwd }).status, 0)
  },
)

t.test('verify fails for other files and for a record of another network', async (t) => {
  const cwd = workplace(t)
  t.equal(cli(['meta', 'init', 'model.mnn', ...record], { cwd }).status, 0)
  const other = cliJson<MetaJson>(
    ['meta', 'verify', 'model.ncnn.param', '--sidecar', 'model.mnn.twinfer.json'],
    { cwd },
  )
  t.equal(other.status, 1)
  t.same(
    other.json.findings.map(({ code }) => code),
    ['digest-differs', 'unknown-input', 'unknown-output'],
  )
  appendFileSync(join(cwd, 'model.mnn'), '\0\0\0\0')
  const changed = cli(['meta', 'verify', 'model.mnn'], { cwd })
  t.equal(changed.status, 1)
  t.match(changed.stdout, /digest-differs: .*meta init MODEL --from model\.mnn\.twinfer\.json --force/)
  const [remedy] = ['meta init model.mnn --from model.mnn.twinfer.json --force']
  t.equal(cli(remedy!.split(' '), { cwd }).status, 0)
  t.equal(cli(['meta', 'verify', 'model.mnn'], { cwd }).status, 0, 'what the message says mends it')
  for (const action of ['show', 'verify']) {
    const help = /^Write it with `twinfer meta init model\.onnx/
    t.match(
      cliJson<ErrorJson>(['meta', action, 'model.onnx'], { cwd }),
      { status: 2, json: { error: { code: 'TWINFER_FILE_NOT_FOUND', help } } },
      'not the sidecar of the other model there',
    )
  }
})

t.test('what another tool says is taken, options win, and the model is not contradicted', async (t) => {
  const cwd = workplace(t)
  const config = {
    input_size: [1, 8, 8],
    interpolation: 'bilinear',
    crop_pct: 1,
    crop_mode: 'squash',
    mean: [0],
    std: [0.9375],
  }
  writeFileSync(join(cwd, 'config.json'), JSON.stringify({ pretrained_cfg: config }))
  const { json, stderr } = cliJson<MetaJson>(
    ['meta', 'init', 'model.onnx', '--from', 'config.json', '--std', '1', '--scale', '1/240'],
    { cwd },
  )
  t.match(
    json.record,
    {
      inputs: { image: { image: { order: 'GREY', std: 1, mean: [0], fit: 'stretch' } } },
      outputs: { logits: { meaning: 'logits' } },
      source: { kind: 'timm', from: 'config.json', given: ['scale', 'std'] },
    },
    stderr,
  )
  const torchvision = ['--from', 'torchvision:ResNet18_Weights.IMAGENET1K_V1']
  t.match(cliJson<ErrorJson>(['meta', 'init', 'model.mnn', ...torchvision], { cwd }).json.error, {
    code: 'TWINFER_SHAPE_MISMATCH',
    message:
      /ResNet18_Weights\.IMAGENET1K_V1 is not of this model: .*8 wide and 8 high, the record 224 and 224/,
  })
  const mmseg = 'mean: [1, 2, 3]\nstd: [4, 5, 6]\nbgr_to_rgb: true\n'
  writeFileSync(join(cwd, 'mmseg.yaml'), mmseg)
  const out = cliJson<MetaJson>(
    [
      'meta',
      'init',
      'model.ncnn.param',
      '--from',
      'mmseg.yaml',
      '--width',
      '8',
      '--height',
      '8',
      '--fit',
      'stretch',
      '--interpolation',
      'bilinear',
    ],
    { cwd },
  )
  t.match(out.json.notes, [/test pipeline/])
  t.match(out.json.record.inputs.in0?.image, { mean: [1, 2, 3], order: 'RGB', resampler: 'opencv', scale: 1 })
})

t.test('a record is recovered from a picture and the tensor that was made of it', async (t) => {
  const image = paintedPicture(150, 100, 7)
  const { width, height, channels, data } = image
  const cwd = t.testdir({
    // As large as a picture has to be for two filters to differ.
    'relu.param': '7767517\n2 2\nInput in0 0 1 in0 0=64 1=64 2=3\nReLU relu 1 1 in0 out0\n',
    'relu.bin': '',
    'photo.png': await sharp(data, { raw: { width, height, channels } }).png().toBuffer(),
  })
  const record = {
    size: { width: 64, height: 64 },
    order: 'BGR',
    fit: 'cover',
    cropPct: 0.875,
    resampler: 'pillow',
    interpolation: 'bicubic',
    scale: 1 / 255,
    mean: [0.406, 0.456, 0.485],
    std: [0.225, 0.224, 0.229],
  } as const
  await writeNpy(join(cwd, 'golden.npy'), preprocess(image, record))
  await writeNpy(join(cwd, 'turned.npy'), preprocess({ ...image, orientation: 6 }, record))
  await writeNpy(join(cwd, 'other.npy'), preprocess(paintedPicture(150, 100, 8), record))
  const init = ['meta', 'init', 'relu.param', '--image', 'photo.png', '--from-tensor']

  const { status, json, stderr } = cliJson<MetaJson>([...init, 'golden.npy'], { cwd })
  t.equal(status, 0, stderr)
  t.match(json.record, {
    inputs: { in0: { image: { order: 'BGR', fit: 'cover', cropPct: 0.875, interpolation: 'bicubic' } } },
    source: { kind: 'recovered', from: 'golden.npy of photo.png' },
  })
  const { mean, scale = 1 } = json.record.inputs.in0!.image!
  for (const [channel, value] of [0.406, 0.456, 0.485].entries()) {
    t.ok(Math.abs(((mean as number[])[channel]! * scale) / 255 / value - 1) < 0.005, `mean ${channel}`)
  }
  t.match(json.notes, [
    /of the picture against this tensor: (identical|\d)/,
    /mean and std are those of ImageNet/,
  ])
  const again = preprocess(image, json.record.inputs.in0!.image!)
  t.ok((compareTensors(preprocess(image, record), again)?.sqnrDb ?? 0) > 60, 'and makes it again')

  const cropped = cliJson<MetaJson>([...init, 'golden.npy', '--crop-pct', '0.5', '--force'], { cwd })
  t.match(cropped.json.notes[0], /with what the options say, the record does not make this tensor/)
  await writeNpy(join(cwd, 'whole.npy'), preprocess(image, { ...record, cropPct: 1 }))
  const whole = cliJson<MetaJson>([...init, 'whole.npy', '--force'], { cwd })
  t.equal(whole.status, 0, whole.stderr)
  t.match(whole.json.notes[0], /of the picture against this tensor: (identical|\d)/)

  for (const [file, message] of [
    ['turned.npy', /turned or mirrored/],
    ['other.npy', /the nearest agrees to/],
  ] as const) {
    const refused = cliJson<ErrorJson>([...init, file, '--force'], { cwd })
    t.match(refused, { status: 2, json: { error: { code: 'TWINFER_SIDECAR_INCOMPLETE', message } } })
  }
  for (const wrong of [
    ['--from-tensor', 'golden.npy'],
    ['--image', 'photo.png'],
    ['--from-tensor', 'golden.npy', '--image', 'photo.png', '--from', 'x.json'],
  ]) {
    t.match(cliJson<ErrorJson>(['meta', 'init', 'relu.param', ...wrong], { cwd }).json.error, {
      code: 'TWINFER_USAGE',
    })
  }
})

t.test('wrong usage is told', async (t) => {
  const cwd = workplace(t)
  t.equal(cli(['meta', 'init', 'model.mnn', ...record], { cwd }).status, 0)
  for (const [args, message] of [
    ['show model.mnn --width 3', /`meta show` without --width/],
    ['verify model.mnn --crop-pct 0.5', /`meta verify` without --crop-pct/],
    ['show model.mnn --no-exif', /without --no-exif/],
    ['init model.mnn --width 8', /--width and --height/],
    ['init model.mnn --pad-position centre', /--pad-value beside/],
    ['init model.mnn --mean 1,2', /one number, or three/],
    ['init model.mnn --scale 1/0', /a number, or a fraction/],
    ['init model.mnn --scale x', /a number, or a fraction/],
    ['init model.mnn --fit squash', /Allowed choices/],
    ['drop model.mnn', /Allowed choices are init, show, verify/],
    ['show', /missing required argument/],
  ] as const) {
    const { status, json } = cliJson<ErrorJson>(['meta', ...args.split(' ')], { cwd })
    t.equal(status, 2, args)
    t.match(json.error, { code: 'TWINFER_USAGE', message }, args)
  }
})
