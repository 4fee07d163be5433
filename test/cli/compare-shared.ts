import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { CompareRequest, ComparisonDocument } from '../../dist/cli/compare/Comparison.js'
import { compareModels } from '../../dist/cli/compare/compareModels.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { patience } from '../helpers/patience.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

t.setTimeout(patience * 300_000)

const folder = sharedModels()
const broken = sharedBroken()
const skip = folder === undefined || broken === undefined ? 'no ../shared' : false
const models = skip
  ? []
  : readdirSync(folder!).filter((name) => existsSync(join(folder!, name, 'model.onnx')))
const path = (model: string, file: string) => join(folder!, model, file)

async function compare(
  request: Omit<CompareRequest, 'precision' | 'device' | 'repeat'> & Partial<CompareRequest>,
) {
  const { document } = await compareModels({
    precision: 'fp32',
    device: 'cpu',
    threads: 1,
    repeat: 2,
    ...request,
  })
  return document as ComparisonDocument
}

const compareFile = (model: string, file: string, change: Partial<CompareRequest> = {}) =>
  compare({
    reference: path(model, 'expected.npy'),
    candidates: [path(model, file)],
    input: [path(model, 'input.npy')],
    ...change,
  })

t.test(
  'every model passes in fp32 on both engines, beside its .onnx',
  { skip: skip || missingRuntime('node') },
  async (t) => {
    t.equal(models.length > 0, true)
    for (const model of models) {
      const { pass, candidates, vote } = await compare({
        reference: path(model, 'model.onnx'),
        candidates: [path(model, 'model.ncnn.param'), path(model, 'model.mnn')],
        input: [path(model, 'input.npy')],
      })
      t.ok(pass, `${model}: ${candidates.map(({ verdict }) => verdict.reason).join('; ')}`)
      t.match(vote, { oddOneOut: null, message: 'all agree' })
      t.ok(candidates.every(({ noise }) => noise.deterministic))
    }
  },
)

t.test('bf16 storage passes as bf16 and fails as fp32', { skip }, async (t) => {
  for (const model of models) {
    const [asRan, asFp32] = [{}, { judgeAs: 'fp32' }] as const
    const ran = await compareFile(model, 'model.ncnn.param', { precision: 'bf16', ...asRan })
    t.match(ran.candidates[0], { judgedAs: { precision: 'bf16' }, verdict: { pass: true } }, model)
    const forced = await compareFile(model, 'model.ncnn.param', { precision: 'bf16', ...asFp32 })
    t.match(forced.candidates[0], { judgedAs: { precision: 'fp32' }, verdict: { pass: false } }, model)
  }
})

t.test(
  'fp16 weights pass as such and fail as fp32, save for those that fp16 cannot hold',
  { skip },
  async (t) => {
    for (const model of models) {
      for (const file of ['model_fp16.ncnn.param', 'model_fp16.mnn']) {
        if (!existsSync(path(model, file))) continue
        const isLost = model === 'ppocrv4-det' && file.includes('ncnn')
        const [candidate] = (await compareFile(model, file)).candidates
        t.match(candidate?.judgedAs, { precision: 'fp16-weights', because: /stores its weights as fp16/ })
        t.equal(candidate?.verdict.pass, !isLost, `${model} ${file}: ${candidate?.verdict.reason}`)
        const [forced] = (await compareFile(model, file, { judgeAs: 'fp32' })).candidates
        t.notOk(forced?.verdict.pass, `${model} ${file}: ${forced?.verdict.reason}`)
      }
    }
  },
)

t.test('int8 weights pass as int8', { skip }, async (t) => {
  for (const model of models) {
    for (const file of ['model_int8.ncnn.param', 'model_w8.mnn']) {
      if (!existsSync(path(model, file))) continue
      const [candidate] = (await compareFile(model, file, { precision: 'default' })).candidates
      t.match(candidate, { judgedAs: { precision: 'int8' }, verdict: { pass: true } }, `${model} ${file}`)
    }
  }
})

t.test('another preprocessing and another input size fail', { skip }, async (t) => {
  const cases = readdirSync(broken ?? '.').filter((name) => /^preproc-|input-wrong-size$/.test(name))
  t.ok(cases.length > 0)
  for (const name of cases) {
    const { base_model: model } = JSON.parse(readFileSync(join(broken!, name, 'case.json'), 'utf8'))
    const [candidate] = (
      await compareFile(model, 'model.ncnn.param', { input: [join(broken!, name, 'input.npy')] })
    ).candidates
    t.notOk(candidate?.verdict.pass, `${name}: ${candidate?.verdict.reason}`)
  }
})
