import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Pack, record } from 'twinfer/compare'
import { readNpz } from '../../dist/tensor/npz/Npz.js'
import { ZipArchive } from '../../dist/zip/ZipArchive.js'
import { changePack, digits, digitsInput, recordDigits } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

t.test('a pack says what ran, on what, and what came out', async (t) => {
  const file = await recordDigits(t.testdir())
  const pack = await Pack.open(file)
  t.teardown(() => pack.close())
  const { manifest } = pack
  t.match(manifest, {
    format: 'twinfer-golden-pack',
    version: '1.2',
    inputs: [
      { name: 'in0', shape: [1, 1, 8, 8], dtype: 'float32', layout: 'NCHW', member: 'inputs/in0.npy' },
    ],
    recorded: {
      machine: { platform: process.platform, arch: process.arch, features: Array },
      versions: { node: process.versions.node },
      model: { engine: 'ncnn', sha256: /^[0-9a-f]{64}$/, storage: 'fp32', work: { depth: 6 } },
      effective: { precision: 'fp32', options: { use_fp16_storage: false } },
      noise: { runs: 3, deterministic: true },
      outputs: [{ name: 'out0', shape: [10] }],
    },
    tolerances: [],
    runs: [],
  })
  t.equal(manifest.recorded.model.files.length, 2)
  const { in0 } = await pack.readAll(manifest.inputs)
  t.strictSame(in0, await digitsInput())
})

t.test('every layer has its range, and only those that are chosen have values', async (t) => {
  const pack = await Pack.open(
    await recordDigits(t.testdir(), 'model.ncnn.param', { layers: ['2', 'mean_11'] }),
  )
  t.teardown(() => pack.close())
  const { layers, steps } = pack.manifest
  t.equal(layers.length, steps.length)
  t.ok(layers.every(({ statistics }) => statistics.maxAbs > 0 && statistics.fp16 === 'fits'))
  const stored = layers.filter(({ member }) => member !== null)
  t.same(
    stored.map(({ name }) => name),
    ['convrelu_1', 'mean_11'],
  )
  const tensor = await pack.read({
    ...stored[0]!,
    member: stored[0]!.member!,
    dtype: 'float32',
    layout: 'NCHW',
  })
  t.same(tensor.shape, stored[0]!.shape)
})

t.test('the members are .npy files that NumPy reads under their names', async (t) => {
  const file = await recordDigits(t.testdir())
  const archive = await ZipArchive.open(file)
  await archive.close()
  t.ok(['inputs/in0.npy', 'outputs/out0.npy', 'layers/1.npy'].every((name) => archive.names.includes(name)))
  await changePack(file, (name, content) => (name.endsWith('.npy') ? content : undefined))
  t.equal((await readNpz(file)).get('outputs/out0')?.length, 10)
})

t.test('recording MNN, and an .onnx where an onnxruntime is installed', async (t) => {
  for (const model of ['model.mnn', 'model.onnx']) {
    const pack = await Pack.open(await recordDigits(t.testdir(), model))
    const { recorded, layers } = pack.manifest
    t.match(recorded, { model: { path: new RegExp(model) }, outputs: [{ name: 'logits', shape: [1, 10] }] })
    t.ok(layers.length > 5, `${layers.length} layers`)
    await pack.close()
  }
})

t.test(
  'a layer that does not exist, and inputs that do not fit, are refused; nothing is left behind',
  async (t) => {
    const folder = t.testdir()
    const file = join(folder, 'g.twin')
    const inputs = await digitsInput()
    const model = digits('model.ncnn.param')
    const wanted = { code: 'TWINFER_INVALID_OPTION', help: /convrelu_0/ }
    await t.rejects(record(model, { file, inputs, layers: ['convrelu_O'] }), wanted)
    await t.rejects(record(model, { file, inputs: [] }), { code: 'TWINFER_MISSING_INPUT' })
    await t.rejects(record(model, { file, inputs: [inputs, inputs] }), { code: 'TWINFER_UNKNOWN_INPUT' })
    await t.rejects(record(model, { file, inputs, repeat: 0 }), { code: 'TWINFER_INVALID_OPTION' })
    await t.rejects(record(model, { file, inputs, tolerances: ['sqrn=60'] }), { code: 'TWINFER_USAGE' })
    await t.rejects(record(digits('nosuch.mnn'), { file, inputs }), { code: 'TWINFER_FILE_NOT_FOUND' })
    await t.rejects(record(model, { file: join(folder, 'no', 'g.twin'), inputs }), {
      code: 'TWINFER_FILE_NOT_FOUND',
    })
    t.notOk(existsSync(file))
    t.same(readdirSync(folder), [])
  },
)
