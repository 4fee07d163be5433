import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { explainShift } from '../../dist/check/against/explainShift.js'
import { check } from '../../dist/check/check.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { fixture } from '../helpers/fixtures.js'
import { paramText } from '../helpers/ncnnModel.js'
import { onnxGraphFile } from '../helpers/onnxGraphFile.js'

const against = fixture('digits8-cnn/model.onnx')
const bin = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
/** The weights of convrelu_1: 24 channels of 12x3x3. */
const [start, count] = [4 + 108 * 4 + 12 * 4 + 4, 2592]

function checking(t: Test, change: (values: Float32Array) => Float32Array, options = { against }) {
  const folder = t.testdir()
  copyFileSync(fixture('digits8-cnn/model.ncnn.param'), join(folder, 'net.param'))
  const copy = Buffer.from(bin)
  const values = new Float32Array(new Uint8Array(bin.subarray(start, start + count * 4)).buffer)
  copy.set(new Uint8Array(change(values).buffer), start)
  writeFileSync(join(folder, 'net.bin'), copy)
  return check(join(folder, 'net.param'), options)
}

function rolled(values: Float32Array, by: number): Float32Array {
  return values.map((_, i) => values[(i - by + values.length) % values.length]!)
}

t.test('folded, halved and quantised weights have the directions of their source', async (t) => {
  for (const file of ['ncnn.param', 'mnn'].flatMap((end) =>
    ['', '_fp16', end === 'mnn' ? '_w8' : '_int8'].map((storage) => `model${storage}.${end}`),
  )) {
    t.strictSame((await check(fixture(`digits8-cnn/${file}`), { against })).findings, [], file)
  }
})

t.test('a shift is found in both directions, and where it begins', async (t) => {
  for (const by of [1, -1, 3, -4]) {
    const { findings } = await checking(t, (values) => rolled(values, by))
    const message = new RegExp(`shifted by ${by} ${Math.abs(by) === 1 ? 'value' : 'values'}$`)
    t.match(findings, [{ code: 'weights-shifted', layer: 'convrelu_1', offset: start, message }])
  }
  const { findings } = await checking(t, (values) => {
    const half = values.length / 2
    const moved = values.slice()
    moved.set(values.subarray(half, -1), half + 1)
    return moved
  })
  t.match(findings, [{ code: 'weights-shifted', message: /from channel 12 on$/ }])
})

t.test('weights of another network, a damaged channel and a transposed matrix are told apart', async (t) => {
  const noise = await checking(t, (values) => values.map((_, i) => Math.sin(i * 7.3) / 10))
  t.match(noise.findings, [{ code: 'weights-differ', layer: 'convrelu_1', offset: start }])
  const channel = await checking(t, (values) =>
    values.map((v, i) => (i >= 540 && i < 648 ? Math.sin(i) / 9 : v)),
  )
  t.match(channel.findings, [
    { code: 'weights-differ', offset: start + 540 * 4, message: /^1 of 24 .* first is 5$/ },
  ])
  const transposed = await checking(t, (values) =>
    values.map((_, i) => {
      const [k, o, c] = [i % 9, Math.floor(i / 9) % 24, Math.floor(i / 216)]
      return values[(o * 12 + c) * 9 + k]!
    }),
  )
  t.match(transposed.findings, [{ code: 'weights-differ', message: /transposed$/ }])
})

t.test('scaled channels are not damage', async (t) => {
  const { ok } = await checking(t, (values) => values.map((v, i) => v * (1 + (Math.floor(i / 108) % 5))))
  t.ok(ok)
})

t.test('another model has other inputs', async (t) => {
  const { findings } = await check(fixture('tiny-lstm/model.mnn'), { against })
  t.match(findings[0], { code: /^(inputs|outputs)-differ$/, severity: 'error' })
})

t.test('a damaged source model is an error of its own', async (t) => {
  const path = join(t.testdir({ 'bad.onnx': '<html>' }), 'bad.onnx')
  await t.rejects(check(fixture('digits8-cnn/model.mnn'), { against: path }), {
    code: 'TWINFER_MODEL_INVALID',
  })
})

t.test('a dump of a reader that took the tag for a weight: the file is fine', async (t) => {
  const read = (offset: number) =>
    new Tensor(new Float32Array(new Uint8Array(bin.subarray(offset, offset + count * 4)).buffer), [count])
  const dumping = (dump: Tensor) => check(fixture('digits8-cnn/model.ncnn.param'), { dump })
  t.match(await dumping(read(start)), {
    ok: true,
    findings: [{ code: 'reader-agrees', layer: 'convrelu_1' }],
  })
  t.match(await dumping(read(start - 4)), {
    ok: true,
    findings: [{ code: 'reader-skips-tag', layer: 'convrelu_1', offset: start }],
  })
  t.match(await dumping(read(start + 8)), {
    findings: [{ code: 'reader-shifted', message: /-2 values off/ }],
  })
  t.match(await dumping(Tensor.zeros([17])), { findings: [{ code: 'reader-differs' }] })
})

t.test('explainShift finds the lag between two arrays', (t) => {
  const reference = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * i))
  for (const lag of [0, 1, -1, 4, -4]) {
    const dump = reference.map((_, i) => reference[i - lag] ?? 0)
    t.equal(explainShift(dump, reference), lag)
  }
  t.equal(explainShift(reference.toReversed(), reference), null)
  t.end()
})

t.test('the .onnx of another network is said to be that', async (t) => {
  for (const file of ['model.ncnn.param', 'model.mnn']) {
    const { ok, findings } = await check(fixture(`tiny-ecapa-tdnn/${file}`), { against })
    t.notOk(ok, file)
    t.match(
      findings.map(({ message }) => message).join('\n'),
      /none of the \d+ weights has the size of one of the source model's \d+/,
      file,
    )
  }
})

t.test('weights that float16 cannot hold were lost by it, others are dead', async (t) => {
  const folder = t.testdir()
  const [param, source] = [join(folder, 'net.param'), join(folder, 'net.onnx')]
  writeFileSync(param, paramText('Input in 0 1 in', 'InnerProduct fc 1 1 in out 0=4 1=0 2=12'))
  // The tag of float16, and nothing but zeros.
  const halves = Buffer.concat([Buffer.from([0x47, 0x6b, 0x30, 0x01]), Buffer.alloc(24)])
  writeFileSync(join(folder, 'net.bin'), halves)
  for (const [size, code] of [
    [1e-9, 'fp16-underflow'],
    [1e-2, 'weights-differ'],
  ] as const) {
    const values = Float32Array.from({ length: 12 }, (_, i) => size * (1 + i))
    writeFileSync(
      source,
      onnxGraphFile({
        nodes: [['MatMul', ['in', 'w'], ['out']]],
        inputs: [['in', 'float32', [1, 3]]],
        outputs: ['out'],
        constants: [['w', [3, 4], values]],
      }),
    )
    const { findings } = await check(param, { against: source })
    t.match(
      findings.find(({ severity, layer }) => severity === 'error' && layer === 'fc'),
      { code },
    )
  }
})
