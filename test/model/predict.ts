// From a picture to what the outputs mean, by the record beside the model.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { open, Tensor, TwinferError } from 'twinfer'
import { interpretOutputs } from '../../dist/model/interpretOutputs.js'
import type { ImageSource } from '../../dist/preprocess/sidecar/ModelRecord.js'
import type { Sidecar, SidecarOutput } from '../../dist/preprocess/sidecar/Sidecar.js'
import {
  digitsLabels,
  digitsPicture,
  digitsPixels,
  digitsRecord,
  digitsWithSidecar,
  noSharp,
} from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'
import { digitsInput } from '../helpers/packs.js'

for (const name of ['model.ncnn.param', 'model.mnn']) {
  t.test(
    `${name} predicts from pixels, a file, a URL and its content what it computes from the tensor`,
    async (t) => {
      await using model = await open(await digitsWithSidecar(t.testdir(), name), { precision: 'fp32' })
      const expected = Object.values(await model.run(await digitsInput()))[0]!
      const images: ImageSource[] = [await digitsPixels()]
      if (noSharp) t.comment(`only pixels: ${noSharp}`)
      else {
        const picture = await digitsPicture(join(t.testdirName, 'two.png'))
        images.push(picture, pathToFileURL(picture), readFileSync(picture))
      }
      for (const image of images) {
        const { outputs, top, warnings, mask, embedding } = await model.predict(image)
        t.strictSame(Object.values(outputs)[0]?.data, expected.data)
        t.equal(top?.length, 5)
        t.match(top?.[0], { index: 2, label: 'two', score: expected.data[2] })
        t.same([mask, embedding, warnings], [undefined, undefined, []])
      }
      const { top } = await model.predict(images.at(-1)!, { top: 10 })
      const sum = top!.reduce((total, { probability }) => total + probability, 0)
      t.ok(Math.abs(sum - 1) < 1e-12, 'probabilities of all classes are 1 in all')
      t.ok(top!.every(({ score }, i) => i === 0 || score <= top![i - 1]!.score))
      t.same(model.preprocessing, { [model.inputs[0]!.name]: digitsRecord })
      t.same(model.sidecar?.outputs[model.outputs[0]!.name]?.labels, digitsLabels)
      t.notMatch(model.effective.notes, [/sidecar/])
    },
  )
}

t.test('without a record nothing is taken for granted, and tensors run as before', async (t) => {
  await using model = await open(fixture('digits8-cnn/model.mnn'))
  t.equal(model.sidecar, undefined)
  t.same(model.preprocessing, {})
  await t.rejects(model.predict(await digitsPixels()), {
    code: 'TWINFER_SIDECAR_MISSING',
    message: /model\.mnn\.twinfer\.json/,
    help: /meta init/,
  })
  t.ok(await model.run(await digitsInput()))
  await using unseen = await open(await digitsWithSidecar(t.testdir(), 'model.mnn'), { sidecar: false })
  await t.rejects(unseen.predict(await digitsPixels()), { code: 'TWINFER_SIDECAR_MISSING' })
  await using content = await open(readFileSync(fixture('digits8-cnn/model.mnn')))
  await t.rejects(content.predict(await digitsPixels()), {
    code: 'TWINFER_SIDECAR_MISSING',
    message: /content/,
  })
})

t.test('a sidecar may be named, also for a model in memory', async (t) => {
  const path = await digitsWithSidecar(t.testdir(), 'model.mnn')
  const sidecar = `${path}.twinfer.json`
  for (const choice of [sidecar, pathToFileURL(sidecar)]) {
    await using model = await open(readFileSync(path), { sidecar: choice })
    t.equal((await model.predict(await digitsPixels())).top?.[0]?.label, 'two')
  }
  await t.rejects(open(path, { sidecar: join(t.testdirName, 'none.json') }), {
    code: 'TWINFER_FILE_NOT_FOUND',
  })
  // @ts-expect-error: no path
  await t.rejects(open(path, { sidecar: 3 }), { code: 'TWINFER_INVALID_OPTION', message: /sidecar/ })
})

t.test(
  'that a sidecar was made for other files is said before anything runs, and with each prediction',
  async (t) => {
    const path = await digitsWithSidecar(t.testdir(), 'model.ncnn.param')
    appendFileSync(path, '\n')
    await using model = await open(path)
    t.match(model.effective.notes.at(-1), /made for other files of model\.ncnn\.param \(SHA-256/)
    const { top, warnings } = await model.predict(await digitsPixels())
    t.equal(top?.[0]?.label, 'two', 'it is a warning, no refusal')
    t.match(warnings, [/made for other files/])
  },
)

t.test('a damaged sidecar beside the model stops predictions, not tensors', async (t) => {
  const path = await digitsWithSidecar(t.testdir(), 'model.mnn')
  writeFileSync(`${path}.twinfer.json`, '{"format": "twinfer-sidecar"}')
  await using model = await open(path)
  t.match(model.effective.notes.at(-1), /the sidecar is not used: .*version: expected/)
  t.ok(await model.run(await digitsInput()))
  await t.rejects(model.predict(await digitsPixels()), { code: 'TWINFER_SIDECAR_INVALID' })
  t.throws(() => model.sidecar, { code: 'TWINFER_SIDECAR_INVALID' })
  t.throws(() => model.preprocessing, { code: 'TWINFER_SIDECAR_INVALID' })
  await t.rejects(open(path, { sidecar: `${path}.twinfer.json` }), { code: 'TWINFER_SIDECAR_INVALID' })
})

t.test('a record that contradicts the model is refused before it runs', async (t) => {
  const path = await digitsWithSidecar(t.testdir(), 'model.mnn')
  const file = `${path}.twinfer.json`
  const change = (change: (text: string) => string) => writeFileSync(file, change(readFileSync(file, 'utf8')))
  change((text) => text.replace('"width": 8', '"width": 9'))
  await using wide = await open(path)
  await t.rejects(wide.predict(await digitsPixels()), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /8 wide.*the record 9/,
  })
  change((text) =>
    text
      .replace('"width": 9', '"width": 8')
      .replace('"image": {', '"imag": {')
      .replace('"imag": {', '"image": {')
      .replace('"inputs": {\n    "image"', '"inputs": {\n    "picture"'),
  )
  await using renamed = await open(path)
  await t.rejects(renamed.predict(await digitsPixels()), {
    code: 'TWINFER_UNKNOWN_INPUT',
    message: /'picture'/,
  })
})

t.test('bad pictures and options have clear answers', async (t) => {
  await using model = await open(await digitsWithSidecar(t.testdir(), 'model.mnn'))
  const pixels = await digitsPixels()
  // biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
  const predict = model.predict.bind(model) as (...values: any[]) => Promise<unknown>
  await t.rejects(predict(join(t.testdirName, 'no.png')), { code: 'TWINFER_FILE_NOT_FOUND' })
  const code = noSharp ? 'TWINFER_MISSING_DEPENDENCY' : 'TWINFER_IMAGE_INVALID'
  await t.rejects(predict(Buffer.from('no image')), { code })
  await t.rejects(predict({ ...pixels, width: 9 }), TwinferError)
  await t.rejects(predict({ other: pixels }), { code: 'TWINFER_MISSING_INPUT', message: /'image'/ })
  for (const image of [undefined, null, 3, []]) await t.rejects(predict(image), TwinferError)
  for (const options of [null, { top: 0 }, { top: 1.5 }, { inputs: 3 }, { signal: {} }]) {
    await t.rejects(predict(pixels, options), { code: 'TWINFER_INVALID_ARGUMENT' })
  }
  await t.rejects(predict(pixels, { inputs: { more: new Tensor(new Float32Array(1), [1]) } }), {
    code: 'TWINFER_UNKNOWN_INPUT',
  })
  t.equal((await model.predict({ image: pixels })).top?.[0]?.index, 2, 'by the name of the input')
  const reason = new Error('enough')
  await t.rejects(predict(pixels, { signal: AbortSignal.abort(reason) }), reason)
  await model.dispose()
  await t.rejects(predict(pixels), { code: 'TWINFER_DISPOSED' })
})

t.test('labels that are not as many as the classes are an error, not an offset', async (t) => {
  const path = await digitsWithSidecar(t.testdir(), 'model.mnn', { labels: ['background', ...digitsLabels] })
  await using model = await open(path)
  await t.rejects(model.predict(await digitsPixels()), {
    code: 'TWINFER_SIDECAR_INVALID',
    message: /10 classes, the sidecar 11 labels/,
  })
})

const meaningOf = (tensor: Tensor, output: SidecarOutput) =>
  interpretOutputs({ x: tensor }, { outputs: { x: output } } as unknown as Sidecar, 5).x!

t.test('masks: scores by class, one score, class numbers', async (t) => {
  const scores = new Float32Array([5, 1, 1, 1, 1, 1, 2, 2, 9, 2, 2, 2, 0, 0, 0, 3, 0, 0])
  const expected = { width: 3, height: 2, data: new Uint8Array([0, 1, 1, 2, 1, 1]) }
  const labels = ['sky', 'road', 'car']
  for (const shape of [
    [1, 3, 2, 3],
    [3, 2, 3],
  ]) {
    const { mask } = meaningOf(new Tensor(scores, shape), { meaning: 'mask', labels }) as { mask: object }
    t.match(mask, {
      ...expected,
      classes: [
        { index: 1, label: 'road', share: 4 / 6 },
        { index: 0, label: 'sky', share: 1 / 6 },
        { index: 2, label: 'car', share: 1 / 6 },
      ],
    })
  }
  const rows = new Float32Array(18)
  for (let plane = 0; plane < 3; plane++) {
    for (let pixel = 0; pixel < 6; pixel++) rows[pixel * 3 + plane] = scores[plane * 6 + pixel]!
  }
  const nhwc = meaningOf(new Tensor(rows, [1, 2, 3, 3], { layout: 'NHWC' }), { meaning: 'mask' })
  t.match(nhwc, { mask: { data: expected.data } })
  const one = new Tensor(new Float32Array([0.1, 0.6, 0.5, 0.9, 0, 1]), [1, 1, 2, 3])
  t.match(meaningOf(one, { meaning: 'mask', threshold: 0.5 }), {
    mask: { data: new Uint8Array([0, 1, 0, 1, 0, 1]) },
  })
  t.throws(() => meaningOf(one, { meaning: 'mask' }), {
    code: 'TWINFER_SIDECAR_INCOMPLETE',
    help: /--threshold/,
  })
  const numbers = new Tensor(new Int32Array([0, 300, 7, 7, 7, 0]), [1, 2, 3])
  t.match(meaningOf(numbers, { meaning: 'mask' }), { mask: { data: new Uint16Array([0, 300, 7, 7, 7, 0]) } })
  t.throws(() => meaningOf(new Tensor(scores, [18]), { meaning: 'mask' }), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => meaningOf(new Tensor(scores, [2, 3, 3, 1]), { meaning: 'mask' }), {
    code: 'TWINFER_SHAPE_MISMATCH',
  })
})

t.test('embeddings, probabilities, and what is handed out as it is', async (t) => {
  const tensor = new Tensor(new Float32Array([0.1, 0.7, 0.2]), [1, 3, 1, 1])
  t.same(meaningOf(tensor, { meaning: 'embedding' }), { meaning: 'embedding', embedding: tensor.data })
  t.match(meaningOf(tensor, { meaning: 'probabilities' }), {
    top: [
      { index: 1, label: null, score: tensor.data[1], probability: tensor.data[1] },
      { index: 2 },
      { index: 0 },
    ],
  })
  t.same(meaningOf(tensor, { meaning: 'boxes' }), { meaning: 'boxes' })
  t.same(interpretOutputs({ __proto__x: tensor }, { outputs: {} } as unknown as Sidecar, 5), {
    __proto__x: { meaning: 'raw' },
  })
  const two = new Tensor(new Float32Array(6), [2, 3])
  t.throws(() => meaningOf(two, { meaning: 'logits' }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /one picture/,
  })
  const large = meaningOf(new Tensor(new Float32Array([1000, 0]), [2]), { meaning: 'logits' })
  t.match(large, { top: [{ probability: 1 }, { probability: 0 }] }, 'no overflow')
})
