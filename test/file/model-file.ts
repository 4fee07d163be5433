import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { open, readNpy } from 'twinfer'
import { check, inspect, ModelFile, type ModelSource, weightStorage, workOf } from 'twinfer/check'
import { record, verify } from 'twinfer/pack'
import { openReference, openTracer, traceLayers } from 'twinfer/trace'
import { compareModels } from '../../dist/cli/compare/compareModels.js'
import { native } from '../../dist/native/native.js'
import { fixture } from '../helpers/fixtures.js'

const folder = fixture('digits8-cnn')
const param = join(folder, 'model.ncnn.param')
const mnn = join(folder, 'model.mnn')
const input = await readNpy(join(folder, 'input.npy'))

/** A model in every form that functions take. */
async function forms(file: string): Promise<Readonly<Record<string, ModelSource>>> {
  const weights = readFileSync(join(folder, 'model.ncnn.bin'))
  const bytes = readFileSync(file)
  return {
    path: file,
    URL: pathToFileURL(file),
    'content, identified': await ModelFile.from(bytes, file === param ? { weights } : {}),
    ModelFile: await ModelFile.from(file),
    ...(file === mnn && { content: bytes }),
  }
}

for (const file of [param, mnn]) {
  t.test(`every function takes a path, a URL, content and a ModelFile: ${file.slice(-5)}`, async (t) => {
    const expected = {
      layers: (await inspect(file)).layers,
      work: await workOf(file),
      storage: await weightStorage(file),
      traced: (await traceLayers(file, input)).map(({ name }) => name),
    }
    for (const [form, model] of Object.entries(await forms(file))) {
      t.same((await inspect(model)).layers, expected.layers, `inspect: ${form}`)
      t.same(await workOf(model), expected.work, `workOf: ${form}`)
      t.same(await weightStorage(model), expected.storage, `weightStorage: ${form}`)
      const report = await check(model, { against: join(folder, 'model.onnx') })
      t.same([report.ok, report.findings], [true, []], `check: ${form}`)
      t.same(
        (await traceLayers(model, input)).map(({ name }) => name),
        expected.traced,
        `traceLayers: ${form}`,
      )
      for (const opener of [open, openTracer, openReference]) {
        const opened = await (opener as (model: ModelSource) => Promise<{ dispose(): Promise<void> }>)(model)
        await opened.dispose()
      }
      const pack = join(t.testdir(), 'golden.twin')
      const { recorded } = await record(model, { file: pack, inputs: input, repeat: 1 })
      t.equal(recorded.model.engine, file === param ? 'ncnn' : 'mnn')
      t.equal((await verify(pack, model, { repeat: 1 })).pass, true, `record and verify: ${form}`)
    }
  })
}

t.test('a model is identified by its content where its name says nothing', async (t) => {
  const copy = join(t.testdir(), 'network')
  copyFileSync(mnn, copy)
  t.equal((await ModelFile.from(copy)).engine, 'mnn')
  t.equal((await ModelFile.from(readFileSync(param))).engine, 'ncnn')
  t.equal((await ModelFile.from(readFileSync(join(folder, 'model.onnx')))).engine, 'onnx')
  await (await open(copy)).dispose()
})

t.test('what is no model is refused with what was expected and received', async (t) => {
  await t.rejects(ModelFile.from(3 as never), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /ModelFile as model, received number 3/,
  })
  await t.rejects(ModelFile.from(join(folder, 'modle.mnn')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    message: /modle/,
  })
  const onnx = await ModelFile.from(join(folder, 'model.onnx'))
  await t.rejects(onnx.summary(), { code: 'TWINFER_MODEL_UNSUPPORTED', message: /ONNX/ })
  await t.rejects(open(onnx), { code: 'TWINFER_MODEL_UNSUPPORTED', message: /model\.onnx/ })
  const alone = await ModelFile.from(readFileSync(param))
  const other = await ModelFile.from(mnn)
  await t.rejects(open(other, { engine: 'ncnn' }), { code: 'TWINFER_INVALID_OPTION', message: /'mnn'/ })
  await t.rejects(open(alone), { code: 'TWINFER_INVALID_ARGUMENT', message: /weights/ })
})

t.test('compare parses each of its models once, whatever it asks of them', async (t) => {
  const { format } = native()
  const asked: string[] = []
  const { mnn: readMnn, ncnn: readNcnn } = format
  t.teardown(() => Object.assign(format, { mnn: readMnn, ncnn: readNcnn }))
  Object.assign(format, {
    mnn: (...given: Parameters<typeof readMnn>) => {
      asked.push('mnn')
      return readMnn(...given)
    },
    ncnn: (...given: Parameters<typeof readNcnn>) => {
      asked.push('ncnn')
      return readNcnn(...given)
    },
  })
  const { exitCode } = await compareModels({
    reference: mnn,
    candidates: [param, mnn],
    input: [join(folder, 'input.npy')],
    inputShape: { image: [1, 1, 8, 8] },
    layers: true,
    repeat: 3,
    precision: 'fp32',
  } as never)
  t.equal(exitCode, 0)
  t.same(asked.sort(), ['mnn', 'mnn', 'ncnn'])
})
