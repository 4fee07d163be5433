// Which layers are cut out, and what is refused.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy, Tensor } from 'twinfer'
import { type ExtractOptions, extract } from 'twinfer/diagnose'
import { fixture } from '../../helpers/fixtures.js'
import { paramText } from '../../helpers/ncnnModel.js'
import { digits, digitsInput, recordDigits } from '../../helpers/packs.js'
import { patience } from '../../helpers/patience.js'

t.setTimeout(patience * 300_000)

/** A network in the test's folder: a residual block, a Slice with two outputs, and side branches. */
function branched(t: Test): string {
  const folder = t.testdir()
  const layers = [
    'Input in 0 1 x 0=4 1=4 2=4',
    'ReLU first 1 1 x a',
    'Split split 1 2 a a0 a1',
    'Sigmoid left 1 1 a0 l',
    'TanH right 1 1 a1 r',
    'BinaryOp add 2 1 l r s 0=0',
    'MemoryData one 0 1 c 0=1',
    'BinaryOp scaled 2 1 s c m 0=2',
    'Slice slice 1 2 m s0 s1 -23300=2,2,-233 1=0',
    'ReLU same 1 1 s0 y0',
    'ReLU same 1 1 s1 y1',
  ]
  const param = join(folder, 'net.param')
  writeFileSync(param, paramText(...layers))
  writeFileSync(join(folder, 'net.bin'), Buffer.from(Float32Array.of(2).buffer))
  return param
}

const x = new Tensor(
  Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)),
  [4, 4, 4],
)

function cut(param: string, options: Partial<ExtractOptions> & Pick<ExtractOptions, 'layer'>, name = 'out') {
  return extract(param, { inputs: x, folder: join(param, '..', name), ...options })
}

t.test('a layer by its name, by what it makes, and by its index', async (t) => {
  const param = branched(t)
  for (const [i, layer] of ['left', 'l', 3, '3'].entries()) {
    const { layers, inputs, outputs } = await cut(param, { layer }, `out${i}`)
    t.same(layers, [{ index: 3, name: 'left', type: 'Sigmoid' }])
    t.match(inputs, [{ name: 'a0', shape: [4, 4, 4], from: 'engine' }])
    t.match(outputs, [{ name: 'l', expectedFrom: 'engine', reference: null }])
  }
})

t.test('several inputs and outputs, a constant that is read, the input of the network', async (t) => {
  const param = branched(t)
  const add = await cut(param, { layer: 'add' }, 'add')
  t.same(
    add.inputs.map(({ name }) => name),
    ['l', 'r'],
  )
  const slice = await cut(param, { layer: 'slice' }, 'slice')
  t.same(
    slice.outputs.map(({ name, shape }) => [name, shape]),
    [
      ['s0', [2, 4, 4]],
      ['s1', [2, 4, 4]],
    ],
  )
  const scaled = await cut(param, { layer: 'scaled' }, 'scaled')
  t.match(
    readFileSync(join(param, '../scaled/piece.param'), 'utf8'),
    /^7767517\n3 3\nInput .*\nMemoryData one/,
  )
  t.ok(scaled.alone.identical)
  t.match((await cut(param, { layer: 'first' }, 'first')).inputs, [{ name: 'x', from: 'model' }])
  t.ok((await cut(param, { layer: 'split' }, 'split')).alone.identical)
})

t.test('a range is all layers on the ways', async (t) => {
  const param = branched(t)
  const names = async (layer: string, to: string) =>
    (await cut(param, { layer, to }, `${layer}-${to}`)).layers.map(({ name }) => name)
  t.same(await names('split', 'add'), ['split', 'left', 'right', 'add'])
  t.same(await names('left', 'scaled'), ['left', 'add', 'scaled'])
  const { inputs, outputs } = await cut(param, { layer: 'left', to: 'scaled' }, 'side')
  t.same(
    inputs.map(({ name }) => name),
    ['a0', 'r'],
  )
  t.same(
    outputs.map(({ name }) => name),
    ['m'],
  )
  await t.rejects(cut(param, { layer: 'left', to: 'right' }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /to: expected a layer that 'left' leads to, received 'right'/,
    help: /branches/,
  })
  await t.rejects(cut(param, { layer: 'add', to: 'left' }), {
    code: 'TWINFER_INVALID_OPTION',
    help: /comes first with --layer/,
  })
})

t.test('what names no layer', async (t) => {
  const param = branched(t)
  await t.rejects(cut(param, { layer: 'lefft' }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /received 'lefft'/,
    help: /Did you mean 'left'/,
  })
  await t.rejects(cut(param, { layer: 11 }), { code: 'TWINFER_INVALID_OPTION', message: /from 0 to 10/ })
  await t.rejects(cut(param, { layer: 'same' }), {
    code: 'TWINFER_INVALID_OPTION',
    message: /which 2 have/,
    help: /9 \(makes y0\); 10 \(makes y1\)/,
  })
  await t.rejects(cut(param, { layer: 'in' }), { message: /computes something, received 'in' \(Input\)/ })
  await t.rejects(cut(param, { layer: 'one' }), { message: /received 'one' \(MemoryData\)/ })
})

t.test('inputs that are missing or several', async (t) => {
  const param = branched(t)
  await t.rejects(cut(param, { layer: 'left', inputs: undefined }), { code: 'TWINFER_MISSING_INPUT' })
  const batch = new Tensor(new Float32Array(128), [2, 4, 4, 4])
  await t.rejects(cut(param, { layer: 'left', inputs: batch }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /a batch of 2/,
  })
})

t.test(
  'the folder is new or empty, or its files may be replaced; nothing is left of what failed',
  async (t) => {
    const param = branched(t)
    const folder = join(param, '../out')
    mkdirSync(folder)
    await cut(param, { layer: 'left' })
    await t.rejects(cut(param, { layer: 'left' }), { code: 'TWINFER_INVALID_OPTION', help: /--force/ })
    const { files } = await cut(param, { layer: 'add', force: true })
    for (const file of files) t.ok(readFileSync(join(folder, file)))
    t.throws(() => readFileSync(join(folder, 'inputs/a0.npy')))
    await t.rejects(cut(param, { layer: 'left', inputs: undefined }, 'failed'))
    t.throws(() => readFileSync(join(param, '../failed')), { code: 'ENOENT' })
    await t.rejects(extract(param, { layer: 'left', inputs: x, folder: param }), {
      code: 'TWINFER_FILE_UNREADABLE',
    })
  },
)

t.test('control flow and what is no converted model', async (t) => {
  const folder = join(t.testdir(), 'out')
  const inputs = await readNpy(fixture('tiny-lstm/input.npy'))
  await t.rejects(extract(fixture('tiny-lstm/if.mnn'), { layer: 1, folder, inputs }), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
    message: /If/,
  })
  await t.rejects(extract(fixture('digits8-cnn/model.onnx'), { layer: 0, folder }), {
    code: 'TWINFER_MODEL_UNSUPPORTED',
  })
})

t.test('with a reference, what goes in and what is expected are of that', async (t) => {
  const folder = t.testdir()
  const inputs = await digitsInput()
  for (const [i, reference] of [digits('model.onnx'), digits('model.mnn')].entries()) {
    const one = await extract(digits('model.ncnn.param'), {
      layer: 'convrelu_2',
      folder: join(folder, String(i)),
      inputs,
      reference,
    })
    t.match(one.inputs, [{ name: '3', shape: [24, 8, 8], from: 'reference' }])
    t.match(one.outputs, [{ name: '4', shape: [48, 8, 8], expectedFrom: 'reference' }])
    t.ok(one.outputs[0]!.sqnrDb! > 100, `${one.outputs[0]!.sqnrDb}`)
    t.same(one.warnings, [])
  }
})

t.test('a golden pack gives inputs and expected values', async (t) => {
  const folder = t.testdir()
  const reference = await recordDigits(folder)
  const layer = { layer: 'convrelu_2', folder: join(folder, 'out'), reference }
  const one = await extract(digits('model.mnn'), { ...layer, layer: 5 })
  t.equal(one.outputs[0]?.expectedFrom, 'reference')
  await t.rejects(
    extract(digits('model.ncnn.param'), { ...layer, inputs: await digitsInput(), force: true }),
    {
      code: 'TWINFER_INVALID_OPTION',
      message: /no inputs beside/,
    },
  )
  const bare = await recordDigits(folder, 'model.ncnn.param', { layers: [] })
  t.ok((await extract(digits('model.ncnn.param'), { ...layer, reference: bare, force: true })).outputs[0])
})

t.test('in a lower precision, what came differs from what is expected', async (t) => {
  const folder = join(t.testdir(), 'out')
  const inputs = await digitsInput()
  const settings = { layer: 'convrelu_3', folder, inputs, precision: 'bf16' as const }
  const { outputs, options, effective } = await extract(digits('model.ncnn.param'), settings)
  t.equal(options.precision, 'bf16')
  t.equal(effective.precision, 'bf16')
  t.ok(outputs[0]!.sqnrDb! < 70 && outputs[0]!.sqnrDb! > 40, `${outputs[0]!.sqnrDb}`)
})
