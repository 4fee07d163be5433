import t from 'tap'
import type { CompareRequest, ComparisonDocument } from '../../dist/cli/compare/Comparison.js'
import { compareModels } from '../../dist/cli/compare/compareModels.js'
import { onnxOptions } from '../../dist/cli/models/ModelOptions.js'
import { measureNoise } from '../../dist/compare/judge/noiseFloor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { fixture } from '../helpers/fixtures.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 120_000)

const digits = (file: string) => fixture(`digits8-cnn/${file}`)
const request: CompareRequest = {
  reference: digits('expected.npy'),
  candidates: [digits('model.mnn')],
  input: [digits('input.npy')],
  precision: 'fp32',
  device: 'cpu',
  threads: 1,
  repeat: 2,
}
async function compare(change: Partial<CompareRequest>) {
  const { document, exitCode, text } = await compareModels({ ...request, ...change })
  return { ...(document as ComparisonDocument), exitCode, text }
}

t.test('fp16 weights are judged as such, and --judge-as overrides that', async (t) => {
  const candidates = [digits('model_fp16.mnn')]
  const asStored = await compare({ candidates })
  t.match(asStored, { exitCode: 0, text: /judged as fp16-weights, not fp32: the file stores/ })
  const asFp32 = await compare({ candidates, judgeAs: 'fp32' })
  t.match(asFp32, { exitCode: 1, candidates: [{ judgedAs: { precision: 'fp32' } }] })
})

t.test('a tolerance decides in place of the precision, and the one that would pass is printed', async (t) => {
  const strict = await compare({ tolerance: ['sqnr=200'] })
  t.match(strict, {
    exitCode: 1,
    candidates: [{ verdict: { reason: /below the 200\.0 dB of the tolerance/ } }],
  })
  const [, suggested] = /would pass: --tolerance (\S+)/.exec(strict.text)!
  t.equal((await compare({ tolerance: [suggested!] })).exitCode, 0)
  await t.rejects(compare({ tolerance: ['nosuch:sqnr=1'] }), { code: 'TWINFER_USAGE', message: /\(output\)/ })
})

t.test('three runs vote, two do not', async (t) => {
  const candidates = [digits('model.ncnn.param'), digits('model.mnn')]
  t.equal((await compare({})).vote, null)
  const { vote, text } = await compare({ candidates })
  t.match(vote, { oddOneOut: null, message: 'all agree' })
  t.equal(vote?.pairs.length, 3)
  t.match(text, /^vote: all agree$/m)
})

for (const runtime of ['node', 'web'] as const) {
  t.test(`an .onnx runs on onnxruntime-${runtime}`, { skip: missingRuntime(runtime) }, async (t) => {
    const engineOption = { 'onnx.runtime': runtime }
    const { reference, exitCode } = await compare({ reference: digits('model.onnx'), engineOption })
    t.equal(exitCode, 0)
    t.match(reference, { engine: 'onnx', effective: { backend: `onnxruntime-${runtime}` } })
  })
}

t.test('options that an .onnx has not are refused', async (t) => {
  const options = { precision: 'fp32', device: 'cpu' } as const
  const invalid = { code: 'TWINFER_INVALID_OPTION' }
  t.throws(() => onnxOptions({ ...options, engineOption: { 'onnx.runtime': 'wasm' } }), invalid)
  t.throws(() => onnxOptions({ ...options, engineOption: { 'onnx.nosuch': true } }), invalid)
  t.throws(() => onnxOptions({ ...options, device: 'vulkan' }), { code: 'TWINFER_DEVICE_UNAVAILABLE' })
  t.strictSame(onnxOptions({ ...options, engineOption: { 'mnn.memory': 'low' }, threads: 2 }), {
    precision: 'fp32',
    threads: 2,
  })
})

t.test('a model that differs from itself is seen', async (t) => {
  let runs = 0
  const run = async () => ({ out: new Tensor(Float32Array.of(1, 1 + 0.01 * runs++), [2]) })
  const noise = await measureNoise(await run(), 3, run)
  t.match(noise, { runs: 3, deterministic: false, outputs: [{ name: 'out' }] })
  t.equal(runs, 3)
  t.ok(noise.outputs[0]!.sqnrDb < 45 && noise.outputs[0]!.sqnrDb > 30)
})
