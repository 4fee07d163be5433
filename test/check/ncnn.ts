import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { fixture } from '../helpers/fixtures.js'

const goodParam = readFileSync(fixture('digits8-cnn/model.ncnn.param'), 'utf8')
const goodBin = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
const halfBin = readFileSync(fixture('digits8-cnn/model_fp16.ncnn.bin'))

/** Where the weights of layers of the fixture start: facts of the file, not of the code under test. */
const convrelu0 = 4
const convrelu1 = 4 + 12 * 9 * 4 + 12 * 4 + 4

interface Files {
  readonly param?: string
  readonly bin?: Uint8Array | null
}

function checking(t: Test, { param = goodParam, bin = goodBin }: Files) {
  const folder = t.testdir()
  writeFileSync(join(folder, 'net.param'), param)
  if (bin) writeFileSync(join(folder, 'net.bin'), bin)
  return check(join(folder, 'net.param'), { strict: true })
}

/** A copy with one change. */
function changed(bytes: Uint8Array, change: (copy: Buffer) => unknown): Buffer {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}

t.test('sound files have no finding, whatever they store', async (t) => {
  for (const [file, storage] of [
    ['model', 'fp32'],
    ['model_fp16', 'fp16'],
    ['model_int8', 'int8'],
  ] as const) {
    const report = await check(fixture(`digits8-cnn/${file}.ncnn.param`))
    t.strictSame(report.findings, [])
    t.ok(report.ok)
    t.equal(report.weights.storage, storage)
    t.equal(report.layers, 9)
  }
})

t.test('the text of a .param: every problem is found, with its layer and line', async (t) => {
  const cases: Record<string, [param: string, code: string, layer: string | null, message: RegExp]> = {
    'byte order mark': [`\uFEFF${goodParam}`, 'byte-order-mark', null, /line 1/],
    'no magic': [goodParam.replace('7767517\n', ''), 'no-magic', null, /found '9 9'/],
    'too many layers declared': [goodParam.replace('9 9', '13 9'), 'layer-count', null, /declares 13/],
    'too few layers declared': [
      goodParam.replace('9 9', '8 9'),
      'ignored-lines',
      null,
      /declares 8.*line 11/,
    ],
    'too many blobs declared': [goodParam.replace('9 9', '9 14'), 'blob-count', null, /declares 14/],
    'too few blobs declared': [goodParam.replace('9 9', '9 5'), 'blob-count', null, /declares 5/],
    'no producer': [goodParam.replace('1 1 1 2', '1 1 none 2'), 'no-producer', 'convrelu_1', /'none'/],
    'not a number': [goodParam.replace('9=1', '9=1x'), 'syntax', 'convrelu_0', /'1x'/],
    'cut in a name': [
      goodParam.slice(0, goodParam.indexOf('convdwrelu_0')),
      'truncated-text',
      null,
      /no name/,
    ],
    'unknown type': [
      goodParam.replace('Pooling ', 'aten::max_pool '),
      'unknown-layer',
      'maxpool2d_0',
      /'aten::max_pool'/,
    ],
    'no input': [
      goodParam.replace(/(InnerProduct +linear_10 +)1 1 7/, '$10 1'),
      'layer-inputs',
      'linear_10',
      /received 0/,
    ],
    'half the outputs': [
      goodParam.replace('1 1 1 2 0=24', '1 1 1 2 0=12'),
      'weight-size',
      'convrelu_1',
      /stand for 24 input channels, but '1' has 12/,
    ],
    'a size that does not divide': [goodParam.replace('2=480', '2=481'), 'parameters', 'linear_10', /\(2=\)/],
    'no axes': [goodParam.replace('-23303=2,1,2', '-23303=0'), 'no-axes', 'mean_11', /reduces nothing/],
  }
  for (const [what, [param, code, layer, message]] of Object.entries(cases)) {
    const { ok, findings } = await checking(t, { param })
    t.notOk(ok, what)
    t.match(
      findings.find((finding) => finding.code === code),
      { layer, message },
      what,
    )
  }
})

t.test('several problems of one file are all reported', async (t) => {
  const param = goodParam
    .replace('1 1 1 2', '1 1 none 2')
    .replace('Pooling ', 'Puling ')
    .replace('9 9', '9 20')
  const { findings } = await checking(t, { param })
  for (const code of ['no-producer', 'unknown-layer', 'blob-count'])
    t.ok(
      findings.some((finding) => finding.code === code),
      code,
    )
  t.match(findings.find(({ code }) => code === 'unknown-layer')?.help, /nearest type is Pooling/)
})

t.test('names of layers that are repeated are a remark: ncnn never looks one up', async (t) => {
  const { ok, findings } = await checking(t, { param: goodParam.replace('convrelu_1', 'convrelu_0') })
  t.ok(ok)
  t.match(findings, [{ code: 'duplicate-layer', severity: 'info', message: /'convrelu_0'/ }])
})

t.test(
  'the sizes of an Input that do not fit the first layer are a warning: ncnn never reads them',
  async (t) => {
    const noted = goodParam.replace(/^(Input +.*)$/m, '$1 0=3 1=28 2=28')
    const { findings } = await checking(t, { param: noted })
    t.match(findings, [{ code: 'input-note', severity: 'warning', layer: 'convrelu_0', message: /has 28$/ }])
  },
)

t.test('layers that ncnn does not have: custom ones, ones of this build, and what pnnx left', async (t) => {
  const helps: Record<string, [message: RegExp, help: RegExp, never: RegExp]> = {
    'rife.Warp': [/no layer type 'rife.Warp'/, /custom layer/, /pnnx/],
    YoloV5Focus: [/no layer type 'YoloV5Focus'/, /custom layer/, /newer|pnnx/],
    'models.common.Focus': [/no layer type/, /custom layer/, /pnnx/],
    ArgMax: [/this build of ncnn has no 'ArgMax'/, /leaves this type out/, /custom|pnnx/],
    SPP: [/this build of ncnn has no 'SPP'/, /leaves this type out/, /custom|pnnx/],
    'pnnx.Expression': [/no layer type/, /pnnx left/, /custom/],
    'aten::roll': [/no layer type/, /pnnx left/, /custom/],
    'F.grid_sample': [/no layer type/, /pnnx left/, /custom/],
    'torch.roll': [/no layer type/, /pnnx left/, /custom/],
    'nn.FractionalMaxPool2d': [/no layer type/, /pnnx left/, /custom/],
    'prim::TupleUnpack': [/no layer type/, /pnnx left/, /custom/],
  }
  for (const [type, [message, help, never]] of Object.entries(helps)) {
    const { findings } = await checking(t, { param: goodParam.replace('Pooling ', `${type} `) })
    const found = findings.find(({ code }) => code === 'unknown-layer')
    t.match(found, { severity: 'error', layer: 'maxpool2d_0', message, help }, type)
    t.notMatch(found?.help, never, type)
  }
})

t.test('CR LF is a remark', async (t) => {
  const { ok, findings } = await checking(t, { param: goodParam.replaceAll('\n', '\r\n') })
  t.ok(ok)
  t.match(findings, [{ code: 'line-endings', severity: 'info' }])
})

t.test('a .bin that does not fit is explained by one change where one is enough', async (t) => {
  const shiftIn = (bytes: number[]) =>
    Buffer.concat([goodBin.subarray(0, convrelu1), Buffer.from(bytes), goodBin.subarray(convrelu1)])
  const cases: Record<
    string,
    [bin: Uint8Array | null, code: string, layer: string | null, offset: number | null]
  > = {
    'no file': [null, 'weights-not-found', null, null],
    'a web page': [Buffer.from('<!DOCTYPE html><title>404</title>'), 'foreign-file', null, 0],
    'one byte short': [goodBin.subarray(0, -1), 'missing-bytes', 'linear_10', goodBin.length - 40],
    'only a tag': [goodBin.subarray(0, 4), 'missing-bytes', 'convrelu_0', 0],
    'too long': [Buffer.concat([goodBin, Buffer.alloc(64)]), 'trailing-bytes', null, goodBin.length],
    'a damaged tag': [
      changed(goodBin, (b) => b.writeUInt32LE(0x12345678, convrelu1 - 4)),
      'bad-tag',
      'convrelu_1',
      convrelu1 - 4,
    ],
    'a tag of another storage': [
      changed(goodBin, (b) => b.writeUInt32LE(0x01306b47, convrelu1 - 4)),
      'tag-mismatch',
      'convrelu_1',
      convrelu1 - 4,
    ],
    'four bytes inserted': [shiftIn([1, 2, 3, 60]), 'shifted-file', 'convrelu_1', null],
    'one byte inserted': [shiftIn([7]), 'shifted-file', 'convrelu_1', null],
    'every word swapped': [changed(halfBin, (b) => b.swap32()), 'wrong-endianness', 'convrelu_0', 0],
    'the tag twice': [
      Buffer.concat([halfBin.subarray(0, 4), halfBin]),
      'tag-in-weights',
      'convrelu_0',
      convrelu0,
    ],
  }
  for (const [what, [bin, code, layer, offset]] of Object.entries(cases)) {
    const { ok, findings } = await checking(t, { bin })
    t.notOk(ok, what)
    const found = findings.find((finding) => finding.code === code)
    t.match(found, { layer, ...(offset !== null && { offset }) }, `${what}: ${JSON.stringify(findings)}`)
  }
})

t.test('values that cannot be weights are found where they are', async (t) => {
  const cases: Record<string, [bin: Uint8Array, code: string, offset: number]> = {
    NaN: [changed(goodBin, (b) => b.writeFloatLE(Number.NaN, convrelu1 + 12)), 'weight-nan', convrelu1 + 12],
    Infinity: [changed(goodBin, (b) => b.writeFloatLE(-1 / 0, convrelu1)), 'weight-inf', convrelu1],
    'a flipped exponent': [
      changed(goodBin, (b) => (b[convrelu1 + 23] = 0x7e)),
      'weight-huge',
      convrelu1 + 20,
    ],
    'a flipped bit': [
      changed(goodBin, (b) => b.writeFloatLE(900, convrelu1 + 40)),
      'weight-outlier',
      convrelu1 + 40,
    ],
    zeros: [
      changed(goodBin, (b) => b.fill(0, convrelu1, convrelu1 + 24 * 12 * 9 * 4)),
      'weight-zero',
      convrelu1,
    ],
    'swapped bytes': [
      changed(goodBin, (b) => b.subarray(convrelu1, convrelu1 + 24 * 12 * 9 * 4).swap32()),
      'wrong-endianness',
      convrelu1,
    ],
  }
  for (const [what, [bin, code, offset]] of Object.entries(cases)) {
    const { ok, findings } = await checking(t, { bin })
    t.notOk(ok, what)
    const found = findings.find((finding) => finding.code === code)
    t.match(found, { layer: 'convrelu_1', offset }, `${what}: ${JSON.stringify(findings)}`)
  }
})

t.test('weights that float16 turned to zero are told from sparse ones', async (t) => {
  const small = changed(halfBin, (b) => {
    for (let i = 0; i < 108; i++) b.writeUInt16LE(i % 3 ? 0 : 0x0400 + i, convrelu0 + 2 * i)
  })
  const { findings } = await checking(t, { bin: small })
  t.match(findings, [{ code: 'fp16-underflow', layer: 'convrelu_0', offset: convrelu0 }])
  const sparse = changed(halfBin, (b) => {
    for (let i = 0; i < 108; i++) if (i % 3) b.writeUInt16LE(0, convrelu0 + 2 * i)
  })
  t.ok((await checking(t, { bin: sparse })).ok)
  // Half of them subnormal, which keep their value to 2^-25; and zeros where the others thin out above the end.
  const fine = changed(halfBin, (b) => {
    for (let i = 0; i < 108; i++) b.writeUInt16LE(i % 2 ? 0x0300 + i : 0x0800 + i, convrelu0 + 2 * i)
  })
  t.strictSame((await checking(t, { bin: fine })).findings, [])
  const decayed = changed(halfBin, (b) => {
    for (let i = 0; i < 108; i++) b.writeUInt16LE(i % 9 ? 0 : 0x0e00 + i, convrelu0 + 2 * i)
  })
  t.strictSame((await checking(t, { bin: decayed })).findings, [])
})

t.test('what is no text of ncnn is a finding; what is not there is an error', async (t) => {
  t.match((await checking(t, { param: '<html>404</html>' })).findings, [{ code: 'foreign-file', offset: 0 }])
  await t.rejects(check(join(t.testdir(), 'none.param')), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(check(fixture('digits8-cnn/model.onnx')), { code: 'TWINFER_MODEL_UNSUPPORTED' })
})
