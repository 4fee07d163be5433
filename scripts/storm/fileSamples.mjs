import { readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ModelFile } from 'twinfer/check'
import { Pack, record } from 'twinfer/pack'
import { preprocess } from 'twinfer/preprocess'
import { cpuIdentity } from '../../dist/native/load/host.js'
import { native } from '../../dist/native/native.js'
import { zipOf } from './stormOfZip.mjs'

const root = new URL('../../', import.meta.url).pathname
const fixture = (path) => readFileSync(join(root, 'test/fixtures', path))
const json = (value) => Buffer.from(JSON.stringify(value, null, 1))

/**
 * The sound files of a kind: a list of files by name, of which the first is the one to mutate, and the others what it is
 * used with. They are small, because each is written anew for each mutation.
 */
export const fileSamples = {
  pack: packs,
  npz: () => [
    { 'arrays.npz': plainZip({ 'image.npy': inputOf() }), ...digits() },
    { 'arrays.npz': plainZip({ 'inputs.npy': inputOf(), 'labels.npy': labels() }), ...digits() },
  ],
  npy: () => [{ 'array.npy': fixture('digits8-cnn/input.npy'), ...digits() }],
  onnx: () => [
    { 'original.onnx': fixture('digits8-cnn/model.onnx'), ...digits() },
    { 'original.onnx': fixture('tiny-lstm/model.onnx'), 'model.mnn': fixture('tiny-lstm/model.mnn') },
    { 'original.onnx': fixture('tiny-lstm/if.onnx'), 'model.mnn': fixture('tiny-lstm/if.mnn') },
  ],
  sidecar: sidecars,
  tuned: async () => [{ 'model.tuned.json': json(await tuned()), ...digits() }],
  csv: () => [
    { 'labels.csv': Buffer.from('file,label\ninput.npy,2\n"input.npy",3\n'), ...digits() },
    { 'labels.csv': Buffer.from('a,b,same\ninput.npy,other.npy,1\nother.npy,input.npy,0\n'), ...digits() },
  ],
}

const digits = () => ({
  'model.mnn': fixture('digits8-cnn/model.mnn'),
  'input.npy': fixture('digits8-cnn/input.npy'),
  'other.npy': fixture('digits8-cnn/input.npy'),
  'picture.png': readFileSync(join(root, 'assets/probe-card.png')),
})

const inputOf = () => fixture('digits8-cnn/input.npy')

/** int64 of one element, as NumPy writes it. */
function labels() {
  const dict = "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }"
  const header = Buffer.from(`\x93NUMPY\x01\x00v\x00${dict.padEnd(117)}\n`, 'latin1')
  return Buffer.concat([header, Buffer.from('0200000000000000', 'hex')])
}

const plainZip = (members) => zipOf(Object.entries(members).map(([name, content]) => ({ name, content })))

const grey = {
  size: { width: 8, height: 8 },
  order: 'GREY',
  fit: 'stretch',
  resampler: 'pillow',
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: 0.1,
  std: [0.5],
}

async function sidecarOf(labels) {
  const model = await ModelFile.from(join(root, 'test/fixtures/digits8-cnn/model.mnn'))
  return {
    format: 'twinfer-sidecar',
    version: '1.0',
    model: { name: 'model.mnn', ...(await model.digest()) },
    inputs: { image: { image: grey } },
    outputs: { logits: { meaning: 'logits', labels } },
    source: { kind: 'options', from: null, given: ['width', 'height'] },
  }
}

/** Records of this package and, as `config.json`, those of others that `meta init --from` takes. */
async function sidecars() {
  const names = Array.from({ length: 10 }, (_, i) => `digit ${i}`)
  const beside = { 'labels.txt': Buffer.from(names.join('\n')), ...digits() }
  const sound = {
    timm: {
      architecture: 'vit',
      pretrained_cfg: {
        input_size: [3, 8, 8],
        interpolation: 'bicubic',
        crop_pct: 0.9,
        mean: [0.5, 0.5, 0.5],
        std: [0.5, 0.5, 0.5],
        label_names: names,
      },
    },
    huggingFace: {
      crop_size: { height: 8, width: 8 },
      do_center_crop: true,
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      image_mean: [0.4, 0.4, 0.4],
      image_std: [0.2, 0.2, 0.2],
      image_processor_type: 'CLIPImageProcessor',
      resample: 3,
      rescale_factor: 1 / 255,
      size: { shortest_edge: 8 },
    },
    openMmlab: {
      data_preprocessor: {
        type: 'DetDataPreprocessor',
        mean: [103, 116, 123],
        std: [1, 1, 1],
        bgr_to_rgb: false,
        pad_size_divisor: 32,
        pad_value: 0,
      },
      test_pipeline: [{ type: 'Resize', scale: [13, 8], keep_ratio: true }],
    },
    ultralytics: {
      description: 'Ultralytics YOLO model',
      stride: 32,
      task: 'detect',
      batch: 1,
      imgsz: [8, 8],
      names: { 0: 'person', 1: 'bicycle' },
      channels: 3,
    },
  }
  return [
    { 'model.mnn.twinfer.json': json(await sidecarOf('labels.txt')), ...beside },
    { 'model.mnn.twinfer.json': json(await sidecarOf(names)), ...beside },
    ...Object.values(sound).map((config) => ({ 'config.json': json(config), ...beside })),
  ]
}

/** As `twinfer tune` writes it, for this machine: it is refused elsewhere before its options are used. */
async function tuned() {
  const model = await ModelFile.from(join(root, 'test/fixtures/digits8-cnn/model.mnn'))
  const { sha256 } = await model.digest()
  const options = { precision: 'fp32', threads: 1, device: 'cpu', engineOptions: { memory: 'low' } }
  const evidence = { medianMs: 0.1, spreadMs: 0.01, sqnrDb: 120, memoryMb: null }
  return {
    format: 'twinfer-tuned',
    version: 1,
    twinfer: '0.2.0',
    created: '2026-01-01T00:00:00.000Z',
    cpu: cpuIdentity(),
    bar: { minSqnrDb: 60, maxMemoryMb: null },
    reference: 'model.onnx',
    fastest: 'model.mnn',
    models: [
      { file: 'model.mnn', sha256, engine: 'mnn', engineVersion: native().versions.mnn, options, evidence },
    ],
  }
}

/** Recorded here, because a pack is of one machine; with the date of no day, so that a number makes the same mutation. */
async function packs(scratch) {
  const model = join(root, 'test/fixtures/digits8-cnn/model.mnn')
  const picture = { data: Uint8Array.from({ length: 64 }, (_, i) => i * 4), width: 8, height: 8, channels: 1 }
  const inputs = { image: preprocess(picture, grey) }
  const file = join(scratch, 'sample.twin')
  await record(model, { file, inputs, layers: 'all', repeat: 1, tolerances: ['sqnr=60'] })
  const pack = await Pack.open(file)
  const members = {}
  for (const name of pack.archive.names) {
    const pieces = []
    for await (const piece of pack.archive.read(name)) pieces.push(piece)
    members[name] = Buffer.concat(pieces)
  }
  await pack.close()
  rmSync(file)
  const manifest = JSON.parse(members['manifest.json'])
  manifest.recorded.date = '2026-01-01T00:00:00.000Z'
  manifest.recorded.model.path = basename(model)
  // Judged anew from what the pack holds, for which no model is needed.
  manifest.runs = [{ ...manifest.recorded, outputs: manifest.recorded.outputs }]
  const withPicture = structuredClone(manifest)
  withPicture.sidecar = await sidecarOf(['a', 'b'])
  withPicture.images = [
    {
      input: 'image',
      width: 8,
      height: 8,
      channels: 1,
      order: 'RGB',
      orientation: 1,
      member: 'images/in0.npy',
    },
  ]
  const pixels = Buffer.concat([
    Buffer.from(
      `\x93NUMPY\x01\x00v\x00${"{'descr': '|u1', 'fortran_order': False, 'shape': (8, 8, 1), }".padEnd(117)}\n`,
      'latin1',
    ),
    picture.data,
  ])
  return [
    { 'golden.twin': plainZip({ ...members, 'manifest.json': json(manifest) }), ...digits() },
    {
      'golden.twin': plainZip({ ...members, 'images/in0.npy': pixels, 'manifest.json': json(withPicture) }),
      ...digits(),
    },
  ]
}
