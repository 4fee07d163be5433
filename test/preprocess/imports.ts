// What other tools write of their models, as they write it: shortened configurations of well-known ones.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { completeRecord } from '../../dist/preprocess/sidecar/completeRecord.js'
import type { Import } from '../../dist/preprocess/sidecar/imports/Import.js'
import { importRecord } from '../../dist/preprocess/sidecar/imports/importRecord.js'
import { readLabels } from '../../dist/preprocess/sidecar/readLabels.js'

type Given = Parameters<typeof completeRecord>[2]

async function imported(t: Test, content: unknown, name = 'config.json', prefix = ''): Promise<Import> {
  const file = join(t.testdir(), name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return importRecord(prefix + file)
}

/** The whole record; a source that leaves something open throws. */
async function completed(t: Test, content: unknown, given: Given = {}, name?: string) {
  const { from, record } = await imported(t, content, name)
  return completeRecord(from, record, given).record
}

/** What a source leaves open, as the error names it. */
async function open(t: Test, content: unknown, name?: string): Promise<readonly string[]> {
  const { from, record } = await imported(t, content, name)
  try {
    completeRecord(from, record, {})
    return []
  } catch (error) {
    t.match(error, { code: 'TWINFER_SIDECAR_INCOMPLETE', help: /--/ })
    return (error as Error).message.replace(/^.*leaves open: /, '').split(', ')
  }
}

const vit = {
  architecture: 'vit_base_patch16_224',
  num_classes: 1000,
  pretrained_cfg: {
    tag: 'augreg_in21k_ft_in1k',
    custom_load: false,
    input_size: [3, 224, 224],
    fixed_input_size: true,
    interpolation: 'bicubic',
    crop_pct: 0.9,
    crop_mode: 'center',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    num_classes: 1000,
    pool_size: null,
    first_conv: 'patch_embed.proj',
    classifier: 'head',
  },
}

t.test("timm's config: the ViT of founding report 3 keeps its own mean, crop and filter", async (t) => {
  const read = await imported(t, vit)
  t.match(read, { kind: 'timm', from: 'config.json', meaning: 'logits', notes: [] })
  t.same(await completed(t, vit), {
    size: { width: 224, height: 224 },
    order: 'RGB',
    resampler: 'pillow',
    interpolation: 'bicubic',
    scale: 1 / 255,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    fit: 'cover',
    cropPct: 0.9,
  })
  t.same(await completed(t, vit.pretrained_cfg), await completed(t, vit), 'a pretrained_cfg by itself')
})

t.test("timm's other crop modes, sizes and channels", async (t) => {
  const cfg = { ...vit.pretrained_cfg, input_size: [1, 96, 64], crop_pct: 1, mean: [0.4], std: [0.2] }
  t.match(await completed(t, { ...cfg, crop_mode: 'squash' }), {
    fit: 'stretch',
    size: { width: 64, height: 96 },
    order: 'GREY',
    cropPct: 1,
  })
  t.match(await completed(t, { ...cfg, crop_mode: 'border' }), {
    fit: 'letterbox',
    pad: { value: [102], position: 'centre' },
  })
  t.match(await completed(t, { ...cfg, crop_mode: 'squash', crop_pct: 0.9 }), {
    fit: 'stretch',
    cropPct: 0.9,
  })
  t.same(await open(t, { ...cfg, crop_mode: 'border', crop_pct: 0.9 }), ['fit'], 'no fit does that')
  t.same(await open(t, { ...cfg, interpolation: 'random', crop_pct: undefined }), [
    'cropPct',
    'interpolation',
  ])
  t.same(await open(t, { ...cfg, mean: null }), ['mean'])
})

t.test('a resize and a crop of Hugging Face: the share gives the short side again', async (t) => {
  const clip = {
    crop_size: { height: 224, width: 224 },
    do_center_crop: true,
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_processor_type: 'CLIPImageProcessorFast',
    image_std: [0.26862954, 0.26130258, 0.27577711],
    resample: 3,
    rescale_factor: 0.00392156862745098,
    size: { shortest_edge: 224 },
  }
  t.same(await completed(t, clip), {
    size: { width: 224, height: 224 },
    fit: 'cover',
    cropPct: 1,
    centring: 'down',
    order: 'RGB',
    interpolation: 'bicubic',
    resampler: 'torchvision',
    antialias: true,
    scale: 0.00392156862745098,
    mean: clip.image_mean,
    std: clip.image_std,
  })
  for (let short = 224; short <= 1024; short++) {
    const { cropPct } = await imported(t, { ...clip, size: { shortest_edge: short } }).then(
      ({ record }) => record,
    )
    t.equal(Math.floor(224 / cropPct!), short, `${short}`)
  }
})

t.test(
  "Hugging Face's stretch, numbers of filters, colour order and what its classes keep to themselves",
  async (t) => {
    const segformer = {
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      feature_extractor_type: 'SegformerFeatureExtractor',
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
      resample: 2,
      rescale_factor: 1 / 255,
      size: { height: 512, width: 640 },
    }
    t.match(await completed(t, segformer), {
      size: { width: 640, height: 512 },
      fit: 'stretch',
      resampler: 'pillow',
      interpolation: 'bilinear',
    })
    const mobile = { ...segformer, do_flip_channel_order: true, do_normalize: false, resample: 0 }
    t.match(await completed(t, mobile), { order: 'BGR', mean: 0, std: 1, interpolation: 'nearest' })
    // EfficientNet's take 1 from what was scaled, and divide by std again for the head that it was trained with.
    const numbers = { image_mean: [0.5, 0.25, 0.125], image_std: [0.5, 0.25, 0.2] }
    const efficient = { ...segformer, ...numbers, rescale_offset: true }
    t.match(await completed(t, efficient), { mean: [1.5, 1.25, 1.125], std: numbers.image_std })
    const twice = await completed(t, { ...efficient, include_top: true, do_normalize: false })
    t.match(twice, { mean: 1, std: numbers.image_std })
    t.match(await completed(t, { ...efficient, include_top: true }), { std: [0.25, 0.0625, 0.2 ** 2] })
    // Whether a name without an ending means Pillow or torchvision depends on the version of transformers.
    t.same(
      await open(t, {
        ...segformer,
        feature_extractor_type: undefined,
        image_processor_type: 'ViTImageProcessor',
      }),
      ['resampler'],
    )
    // The configuration of the first ViTs: one number for the size, and the rest left to the class.
    const bare = {
      do_normalize: true,
      do_resize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      size: 224,
    }
    t.same(await open(t, bare), ['size', 'fit', 'resampler', 'interpolation', 'scale'])
    t.same(await open(t, { ...segformer, size: { shortest_edge: 800, longest_edge: 1333 } }), ['size', 'fit'])
    const both = {
      ...segformer,
      do_center_crop: true,
      crop_size: { height: 289, width: 289 },
      size: { height: 346, width: 346 },
    }
    const cut = await completed(t, both)
    t.match(cut, { fit: 'stretch', size: { width: 289, height: 289 }, centring: 'down' })
    t.equal(Math.floor(289 / cut.cropPct!), 346)
    const other = { ...both, crop_size: { height: 200, width: 289 } }
    t.same(await open(t, other), ['fit'], 'stretched, then cut to another shape: no fit does that')
    t.match((await imported(t, other)).notes, [/stretched to size and then cut/])
  },
)

t.test('ConvNeXt has a rule of its own below 384 pixels', async (t) => {
  const convnext = {
    crop_pct: 0.875,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    feature_extractor_type: 'ConvNextFeatureExtractor',
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
    resample: 3,
    rescale_factor: 1 / 255,
    size: { shortest_edge: 224 },
  }
  t.match(await completed(t, convnext), { fit: 'cover', cropPct: 0.875, size: { width: 224, height: 224 } })
  t.match(await completed(t, { ...convnext, size: { shortest_edge: 384 } }), {
    fit: 'stretch',
    cropPct: undefined,
  })
})

t.test('weights of torchvision by their name, of which each has its own', async (t) => {
  const preset = async (name: string) => (await importRecord(`torchvision:${name}`)).record
  t.match(await preset('ResNet50_Weights.IMAGENET1K_V1'), { cropPct: 224 / 256, interpolation: 'bilinear' })
  const v2 = await preset('ResNet50_Weights.IMAGENET1K_V2')
  t.equal(Math.floor(224 / v2.cropPct!), 232)
  t.match(v2, {
    size: { width: 224, height: 224 },
    fit: 'cover',
    order: 'RGB',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    resampler: 'pillow',
  })
  t.match(await preset('EfficientNet_V2_L_Weights.IMAGENET1K_V1'), {
    size: { width: 480, height: 480 },
    cropPct: 1,
    mean: [0.5, 0.5, 0.5],
    interpolation: 'bicubic',
  })
  t.match(await preset('VGG16_Weights.IMAGENET1K_FEATURES'), { std: [1 / 255, 1 / 255, 1 / 255] })
  t.match(await importRecord('torchvision:FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1'), {
    meaning: 'mask',
    record: { size: undefined, fit: undefined },
    notes: [/520/],
  })
  await t.rejects(importRecord('torchvision:resnet50'), {
    code: 'TWINFER_INVALID_OPTION',
    help: /ResNet50_Weights\.IMAGENET1K_V1, ResNet50_Weights\.IMAGENET1K_V2/,
  })
  await t.rejects(importRecord('torchvision:ResNet50_Weights.IMAGENET1K_V3'), {
    code: 'TWINFER_INVALID_OPTION',
    help: /V1.*V2/,
  })
  await t.rejects(importRecord('torchvision:toString'), { code: 'TWINFER_INVALID_OPTION' })
})

const segmentor = `
type: SegDataPreProcessor
mean: [123.675, 116.28, 103.53]
std: [58.395, 57.12, 57.375]
bgr_to_rgb: true
pad_val: 0
seg_pad_val: 255
`

t.test('what nests without end is refused like any other value', async (t) => {
  const deep = `${'['.repeat(1e5)}0${']'.repeat(1e5)}`
  for (const list of [`[1, 2, ${deep}]`, deep])
    await t.rejects(imported(t, `{"data_preprocessor": {"type": "X", "mean": ${list}}}`, 'deep.json'), {
      code: 'TWINFER_SIDECAR_INVALID',
      message: /data_preprocessor\.mean: expected a number or a list of numbers, received \[/,
    })
  const labels = join(t.testdir(), 'labels.json')
  writeFileSync(labels, `["cat", ${deep}]`)
  await t.rejects(readLabels(labels), { code: 'TWINFER_SIDECAR_INVALID', message: /received Array for '1'/ })
})

t.test("OpenMMLab's data_preprocessor pads what is normalised: with the mean, not with black", async (t) => {
  const given: Given = { size: { width: 1024, height: 512 }, fit: 'letterbox', interpolation: 'bilinear' }
  t.same(await completed(t, segmentor, given, 'preprocessor.yaml'), {
    ...given,
    order: 'RGB',
    scale: 1,
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
    pad: { value: [123.675, 116.28, 103.53], position: 'top-left' },
    resampler: 'opencv',
  })
  t.same(await open(t, segmentor, 'preprocessor.yaml'), ['size', 'fit', 'interpolation'])
  t.equal((await imported(t, segmentor, 'preprocessor.yaml')).meaning, 'mask')
})

t.test('a whole configuration of MMDetection, with its test pipeline', async (t) => {
  const config = {
    model: undefined,
    data_preprocessor: {
      type: 'DetDataPreprocessor',
      mean: [103.53, 116.28, 123.675],
      std: [1, 1, 1],
      bgr_to_rgb: false,
      pad_size_divisor: 32,
      pad_value: 0,
    },
    test_pipeline: [
      { type: 'LoadImageFromFile' },
      { type: 'Resize', scale: [1333, 800], keep_ratio: true },
      { type: 'PackDetInputs' },
    ],
  }
  t.match(await completed(t, config), {
    order: 'BGR',
    size: { width: 1333, height: 800 },
    fit: 'letterbox',
    interpolation: 'bilinear',
    pad: { value: [103.53, 116.28, 123.675], position: 'top-left' },
  })
  t.equal((await imported(t, config)).meaning, 'boxes')
  const { bgr_to_rgb: _, ...unsaid } = config.data_preprocessor
  t.same(await open(t, { ...config, data_preprocessor: unsaid }), ['order'])
})

const yolo = `description: Ultralytics YOLO model trained on coco8.yaml
author: Ultralytics
date: '2026-01-02T03:04:05'
stride: 32
task: detect
batch: 1
imgsz:
- 480
- 640
names:
  0: person
  1: bicycle
  2: car
args: {batch: 1, half: false}
channels: 3
`

t.test("Ultralytics' metadata: letterbox on grey 114, height before width, labels by number", async (t) => {
  const read = await imported(t, yolo, 'metadata.yaml')
  t.match(read, { kind: 'ultralytics', meaning: 'boxes', labels: ['person', 'bicycle', 'car'], notes: [] })
  t.same(await completed(t, yolo, {}, 'metadata.yaml'), {
    size: { width: 640, height: 480 },
    order: 'RGB',
    scale: 1 / 255,
    mean: 0,
    std: 1,
    fit: 'letterbox',
    pad: { value: 114, position: 'centre' },
    resampler: 'opencv',
    interpolation: 'bilinear',
  })
  const classifier = yolo.replace('task: detect', 'task: classify').replace('- 480', '- 640')
  t.match(await completed(t, classifier, {}, 'metadata.yaml'), {
    fit: 'cover',
    cropPct: 1,
    resampler: 'pillow',
  })
  t.equal((await imported(t, classifier, 'metadata.yaml')).meaning, 'probabilities')
  t.same(await open(t, yolo.replace('task: detect\n', ''), 'metadata.yaml'), ['fit'])
})

t.test('options win over the source, and what they give is noted', async (t) => {
  const { from, record } = await imported(t, vit)
  const { record: own, given } = completeRecord(from, record, {
    fit: 'stretch',
    size: { width: 8, height: 4 },
  })
  t.match(own, { fit: 'stretch', size: { width: 8, height: 4 }, cropPct: undefined })
  t.same(given, ['fit', 'size'])
  t.throws(() => completeRecord(from, record, { fit: 'letterbox', pad: { value: 0 }, cropPct: 0.9 }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /cropPct with fit letterbox/,
  })
  t.same(completeRecord(from, record, { dtype: 'uint8' }).record.mean, undefined, 'bytes are not normalised')
})

t.test('what none of the tools writes is refused with its place', async (t) => {
  const bad: readonly (readonly [content: unknown, name: string, message: RegExp])[] = [
    ['{', 'a.json', /expected JSON/],
    ['a: [', 'a.yaml', /expected JSON or YAML/],
    ['[1]', 'a.json', /expected the fields of a configuration/],
    ['hello', 'a.yaml', /expected the fields of a configuration, received string "hello"/],
    [{ weights: 1 }, 'a.json', /received none of their fields/],
    [
      { ...vit, pretrained_cfg: { ...vit.pretrained_cfg, crop_pct: 'x' } },
      'a.json',
      /pretrained_cfg\.crop_pct: expected a number, received string "x"/,
    ],
    [
      { ...vit.pretrained_cfg, crop_pct: 90 },
      'a.json',
      /crop_pct: expected a number above 0 and at most 1, received number 90/,
    ],
    [
      { ...vit.pretrained_cfg, input_size: [224, 224] },
      'a.json',
      /input_size: expected 3 whole numbers from 1 up, received \[224,224\]/,
    ],
    [{ ...vit.pretrained_cfg, input_size: [4, 224, 224] }, 'a.json', /1 or 3 channels/],
    [{ ...vit.pretrained_cfg, crop_mode: 'middle' }, 'a.json', /center, squash or border/],
    [{ image_mean: [0.5], resample: 9 }, 'a.json', /resample: expected a number from 0 to 5/],
    [
      { image_mean: [0.5], size: { shortest_edge: -1 } },
      'a.json',
      /size\.shortest_edge: expected a whole number from 1 up/,
    ],
    [yolo.replace('0: person', '5: person'), 'a.yaml', /labels: expected a name for each class from 0 to 2/],
    [yolo.replace('- 480\n', ''), 'a.yaml', /imgsz: expected 2 whole numbers/],
  ]
  for (const [content, name, message] of bad) {
    await t.rejects(imported(t, content, name), { code: 'TWINFER_SIDECAR_INVALID', message }, String(message))
  }
  await t.rejects(importRecord('nowhere.json'), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(importRecord('timm:vit_base_patch16_224'), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /pretrained_cfg/,
  })
  await t.rejects(importRecord(t.testdir()), { code: 'TWINFER_FILE_UNREADABLE' })
})

t.test('a prefix says whose a file is, and a few aliases do not fill the memory', async (t) => {
  const plain = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], size: 3 }
  await t.rejects(imported(t, plain), { code: 'TWINFER_SIDECAR_INVALID', help: /timm:FILE/ })
  t.equal((await imported(t, plain, 'a.json', 'timm:')).kind, 'timm')
  t.equal((await imported(t, plain, 'a.json', 'openmmlab:')).kind, 'openmmlab')
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh']) {
    bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`)
  }
  await t.rejects(imported(t, bomb.join('\n'), 'a.yaml'), { code: 'TWINFER_SIDECAR_INVALID' })
})
