// The record beside a model: what it may hold, where it lies, and what is said of one that is wrong.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { contradiction, imageInput } from '../../dist/preprocess/sidecar/imageInputs.js'
import { makeSidecar } from '../../dist/preprocess/sidecar/makeSidecar.js'
import { parseSidecar } from '../../dist/preprocess/sidecar/parseSidecar.js'
import { readLabels } from '../../dist/preprocess/sidecar/readLabels.js'
import type { Sidecar } from '../../dist/preprocess/sidecar/Sidecar.js'
import {
  findSidecar,
  readSidecar,
  recordsOf,
  writeSidecar,
} from '../../dist/preprocess/sidecar/sidecarFile.js'
import { sidecarPath } from '../../dist/preprocess/sidecar/sidecarPath.js'
import { verifySidecar } from '../../dist/preprocess/sidecar/verifySidecar.js'
import { projectPath } from '../helpers/projectPath.js'

const hash = 'a'.repeat(64)
const image = {
  size: { width: 8, height: 6 },
  order: 'RGB',
  fit: 'stretch',
  resampler: 'pillow',
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0.5, 0.4, 0.3],
  std: 0.5,
} as const
const model = {
  name: 'model.mnn',
  digest: { sha256: hash, files: [{ name: 'model.mnn', bytes: 3, sha256: hash }] },
  inputs: [{ name: 'data', shape: [1, 3, 6, 8], layout: 'NCHW' as const }],
  outputs: [{ name: 'prob', shape: [1, 3] }],
}
const labels = ['ant', 'bee', 'cat']
const sound: Sidecar = makeSidecar(model, { given: image, meaning: 'logits', labels })

// biome-ignore lint/suspicious/noExplicitAny: any part of it is replaced by anything
type AnySidecar = any

function changed(change: (sidecar: AnySidecar) => void): string {
  const copy = JSON.parse(JSON.stringify(sound))
  change(copy)
  return JSON.stringify(copy)
}

t.test('a sidecar is read as it was written, beside the model and bound to its files', async (t) => {
  const path = sidecarPath(join(t.testdir(), 'model.mnn'))
  t.match(path, /model\.mnn\.twinfer\.json$/)
  t.equal(await findSidecar(join(t.testdirName, 'model.mnn')), undefined)
  await writeSidecar(path, sound)
  const found = await findSidecar(join(t.testdirName, 'model.mnn'))
  t.equal(found?.path, path)
  t.same(found?.sidecar, sound)
  t.same(recordsOf(sound).data, image)
  t.same(sound.source, { kind: 'options', from: null, given: Object.keys(image) })
  await t.rejects(writeSidecar(path, sound), { code: 'TWINFER_INVALID_OPTION', message: /would be lost/ })
  await writeSidecar(path, { ...sound, source: { ...sound.source, from: 'x' } }, true)
  t.equal((await readSidecar(path)).sidecar.source.from, 'x')
  await t.rejects(writeSidecar(join(t.testdirName, 'no/x.json'), sound), { code: /TWINFER_FILE/ })
  await t.rejects(readSidecar(join(t.testdirName, 'model.mn.twinfer.json')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /model\.mnn\.twinfer\.json/,
  })
})

t.test('each fault is named with its place, what was expected and what was received', async (t) => {
  const faults: readonly (readonly [change: (sidecar: AnySidecar) => void, message: string])[] = [
    [(s) => delete s.format, 'format: expected "twinfer-sidecar", received nothing'],
    [(s) => (s.version = 1), 'version: expected MAJOR.MINOR, received 1'],
    [(s) => (s.inputs = {}), 'inputs: expected at least one input by its name, received Object'],
    [(s) => (s.inputs.data = []), 'inputs.data: expected an object, received Array'],
    [
      (s) => delete s.inputs.data.image.size.width,
      'inputs.data.image.size.width: expected a whole number from 1 to 65535, received nothing',
    ],
    [
      (s) => (s.inputs.data.image.size = [8, 6]),
      'inputs.data.image.size: expected an object, received Array',
    ],
    [
      (s) => (s.inputs.data.image.size.height = 6.5),
      'inputs.data.image.size.height: expected a whole number from 1 to 65535, received 6.5',
    ],
    [(s) => (s.inputs.data.image.men = 0), "Did you mean 'mean'?"],
    [
      (s) => (s.inputs.data.image.order = 'BRG'),
      'inputs.data.image.order: expected one of RGB, BGR, GREY, received string "BRG"',
    ],
    [
      (s) => (s.inputs.data.image.scale = 0),
      'inputs.data.image.scale: expected a number other than 0, received 0',
    ],
    [
      (s) => (s.inputs.data.image.std = [1, 1]),
      'inputs.data.image.std: expected one number for all channels, or one each for 1 or 3, received Array',
    ],
    [
      (s) => (s.inputs.data.image.cropPct = 1.1),
      'inputs.data.image.cropPct: expected a number above 0 and at most 1, received 1.1',
    ],
    [
      (s) => (s.inputs['a/b~c%'] = { image: {} }),
      'inputs.a/b~c%.image.size: expected an object, received nothing',
    ],
    [
      (s) => (s.outputs.prob.meaning = 'scores'),
      'outputs.prob.meaning: expected one of logits, probabilities, mask, embedding, boxes, raw, received string "scores"',
    ],
    [
      (s) => (s.outputs.prob.labels = []),
      'outputs.prob.labels: expected a list of names, or the name of a file beside the sidecar, received Array',
    ],
    [
      (s) => (s.model.sha256 = 'A'.repeat(64)),
      'model.sha256: expected 64 hexadecimal digits, received string',
    ],
    [(s) => (s.model.files[0].bytes = -1), 'model.files[0].bytes: expected a whole number, received -1'],
    [(s) => (s.source.kind = 'guess'), 'source.kind: expected one of timm'],
    [
      (s) => (s.extra = 1),
      "extra: expected one of $schema, format, version, model, inputs, outputs, source, received the unknown field 'extra'",
    ],
  ]
  for (const [change, message] of faults) {
    t.throws(() => parseSidecar(changed(change), 'a.json'), { code: 'TWINFER_SIDECAR_INVALID' }, message)
    try {
      parseSidecar(changed(change), 'a.json')
    } catch (error) {
      t.ok((error as Error).message.startsWith('a.json: '))
      t.ok((error as Error).message.includes(message), `${(error as Error).message} has: ${message}`)
    }
  }
  t.throws(() => parseSidecar('{', 'a.json'), { code: 'TWINFER_SIDECAR_INVALID', message: /expected JSON/ })
  for (const text of ['null', '[]', '3', '"x"']) {
    t.throws(() => parseSidecar(text, 'a.json'), {
      code: 'TWINFER_SIDECAR_INVALID',
      message: /the whole: expected an object/,
    })
  }
})

t.test(
  'a field that the schema allows and the preprocessing does not is refused when it is read',
  async (t) => {
    for (const [change, message] of [
      [
        (s: AnySidecar) => (s.inputs.data.image.interpolation = 'area'),
        /inputs\.data\.image: interpolation: .*received string "area"/,
      ],
      [
        (s: AnySidecar) => (s.inputs.data.image.mean = [1]),
        /inputs\.data\.image: mean: expected 1 or 3 numbers/,
      ],
    ] as const) {
      t.throws(() => parseSidecar(changed(change), 'a.json'), { code: 'TWINFER_SIDECAR_INVALID', message })
    }
  },
)

t.test('a later version is refused: what its fields mean is not known here', async (t) => {
  for (const version of ['1.1', '2.0', '10.0']) {
    t.throws(
      () =>
        parseSidecar(
          changed((s) => Object.assign(s, { version, more: 1 })),
          'a.json',
        ),
      {
        code: 'TWINFER_SIDECAR_UNSUPPORTED',
        message: RegExp(`received ${version}`),
      },
    )
  }
})

t.test('inputs and outputs may be called as objects call things of their own', async (t) => {
  const odd = { ...model, inputs: [{ name: '__proto__', shape: null }], outputs: [{ name: 'constructor' }] }
  const made = makeSidecar(odd, { given: image, meaning: 'embedding' })
  const read = parseSidecar(JSON.stringify(made), 'a.json')
  t.same(Object.keys(read.inputs), ['__proto__'])
  t.match(Object.entries(recordsOf(read)), [['__proto__', { fit: 'stretch' }]])
  t.same(verifySidecar('a.json', read, odd, model.digest), [])
  t.equal(({} as { image?: unknown }).image, undefined, 'no prototype was touched')
})

t.test('labels: a name a line, a list, names by number, a Hugging Face config', async (t) => {
  const dir = t.testdir({
    'lines.txt': 'ant\r\nbee\r\ncat\r\n\r\n',
    'bracket.txt': '[unused]\nant\n',
    'list.json': JSON.stringify(labels),
    'numbers.json': JSON.stringify({ 0: 'ant', 2: 'cat', 1: 'bee' }),
    'config.json': JSON.stringify({ architectures: [], id2label: { 0: 'ant', 1: 'bee', 2: 'cat' } }),
    'gap.json': JSON.stringify({ 0: 'ant', 2: 'cat' }),
    'number.json': '[1, 2]',
    'empty.txt': '',
    'hole.txt': 'ant\n\ncat\n',
  })
  for (const file of ['lines.txt', 'list.json', 'numbers.json', 'config.json']) {
    t.same(await readLabels(join(dir, file)), labels, file)
  }
  t.same(await readLabels(join(dir, 'bracket.txt')), ['[unused]', 'ant'])
  for (const [file, message] of [
    ['gap.json', /for each class from 0 to 1, received "cat" for '2'/],
    ['number.json', /received number 1 for '0'/],
    ['empty.txt', /received none/],
    ['hole.txt', /expected a name on line 2/],
  ] as const) {
    await t.rejects(readLabels(join(dir, file)), { code: 'TWINFER_SIDECAR_INVALID', message }, file)
  }
})

t.test('labels may lie beside the sidecar, and nowhere else', async (t) => {
  const dir = t.testdir({ 'names.txt': 'ant\nbee\ncat\n' })
  const file = join(dir, 'a.json')
  const withLabels = (name: string) =>
    writeFileSync(
      file,
      changed((s) => (s.outputs.prob.labels = name)),
    )
  withLabels('names.txt')
  t.same((await readSidecar(file)).sidecar.outputs.prob?.labels, labels)
  for (const name of ['../names.txt', '/etc/passwd', 'a/names.txt', '..', '..\\names.txt']) {
    withLabels(name)
    await t.rejects(
      readSidecar(file),
      { code: 'TWINFER_SIDECAR_INVALID', message: /beside the sidecar/ },
      name,
    )
  }
  withLabels('nams.txt')
  await t.rejects(readSidecar(file), { code: 'TWINFER_FILE_NOT_FOUND', help: /names\.txt/ })
})

t.test('the input that a picture is for, and what contradicts its record', async (t) => {
  const [data] = model.inputs
  t.equal(imageInput([data!, { name: 'scale', shape: [1] }], undefined).name, 'data')
  t.throws(() => imageInput([data!, { name: 'mask' }], undefined), {
    code: 'TWINFER_MISSING_INPUT',
    help: /--input/,
  })
  t.throws(() => imageInput([data!], 'dat'), { code: 'TWINFER_UNKNOWN_INPUT', help: /'data'/ })
  t.equal(contradiction(data!, image), undefined)
  t.equal(contradiction({ name: 'x', shape: [-1, 3, -1, -1] }, image), undefined)
  t.equal(contradiction({ name: 'x', shape: [3, 6, 8] }, image), undefined, "ncnn's, without a batch")
  t.match(contradiction({ name: 'x', shape: [1, 3, 8, 6] }, image), /6 wide and 8 high, the record 8 and 6/)
  t.match(contradiction({ name: 'x', shape: [1, 1, 6, 8] }, image), /1 channels, the record 3 \(RGB\)/)
  t.match(contradiction({ name: 'x', shape: [1, 10] }, image), /no picture's/)
  const nhwc = { name: 'x', shape: [1, 6, 8, 3], layout: 'NHWC' as const }
  t.match(contradiction(nhwc, image), /is NHWC, the record NCHW/)
  t.equal(contradiction(nhwc, { ...image, layout: 'NHWC' }), undefined)
})

t.test("what the model's file says need not be said again, and must not be contradicted", async (t) => {
  const { size: _, ...open } = image
  const made = makeSidecar(model, { given: open })
  t.same(recordsOf(made).data?.size, { width: 8, height: 6 })
  t.same(made.outputs, { prob: { meaning: 'raw' } })
  t.throws(() => makeSidecar(model, { given: { ...image, size: { width: 6, height: 8 } } }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /8 wide and 6 high, the record 6 and 8/,
  })
  t.throws(() => makeSidecar({ ...model, inputs: [{ name: 'data' }] }, { given: open }), {
    code: 'TWINFER_SIDECAR_INCOMPLETE',
    message: /leaves? open: size/,
    help: /--width and --height/,
  })
  t.throws(() => makeSidecar(model, { given: image, output: 'prop' }), {
    code: 'TWINFER_UNKNOWN_OUTPUT',
    help: /'prob'/,
  })
})

t.test('verify: another digest, names that are not there, other sizes, a label too many', async (t) => {
  const codes = (changes: Partial<typeof model>) => {
    const other = { ...model, ...changes }
    return verifySidecar('a.json', sound, other, other.digest).map(({ code }) => code)
  }
  t.same(codes({}), [])
  t.same(codes({ digest: { ...model.digest, sha256: 'b'.repeat(64) } }), ['digest-differs'])
  t.same(codes({ inputs: [{ ...model.inputs[0]!, name: 'image' }] }), ['unknown-input'])
  t.same(codes({ inputs: [{ ...model.inputs[0]!, shape: [1, 3, 8, 8] }] }), ['input-differs'])
  t.same(codes({ outputs: [{ name: 'probs', shape: [1, 3] }] }), ['unknown-output'])
  t.same(codes({ outputs: [{ name: 'prob', shape: [1, 4] }] }), ['labels-differ'])
})

t.test('the schema that is published is the one that is held to', async (t) => {
  const schema = JSON.parse(readFileSync(projectPath('assets/sidecar/sidecar.schema.json'), 'utf8'))
  t.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
  const { files, exports } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'))
  t.ok(files.includes('assets'))
  t.equal(exports['./sidecar.schema.json'], './assets/sidecar/sidecar.schema.json')
})
