import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { showEvidence } from '../../dist/cli/diagnose/printDiagnosis.js'
import type { InputFaults } from '../../dist/diagnose/input/faults.js'
import { fixFor } from '../../dist/diagnose/input/inputFixes.js'
import { downToTenths } from '../../dist/format/numbers.js'
import type { Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { formatNpy } from '../../src/npy.js'
import { readNpy } from '../../src/tensor/npy/readNpy.js'
import { Tensor } from '../../src/tensor/Tensor.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { digitsRecord } from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const folder = t.testdir()
const digits = (name: string) => fixture(`digits8-cnn/${name}`)
const golden = digits('input.npy')
const input = await readNpy(golden)
const expected = await readNpy(digits('expected.npy'))

interface Document {
  readonly causes: readonly {
    code: string
    confidence: number
    message: string
    evidence: object
    fix: unknown
  }[]
  readonly rejected: readonly object[]
  readonly missing: readonly string[]
  readonly rungs: readonly { rung: string }[]
  readonly remedies: readonly {
    code: string
    mended: boolean
    written: string[]
    before: object
    after: object
  }[]
}

function npy(name: string, tensor: Tensor): string {
  const file = join(folder, name)
  writeFileSync(file, formatNpy(tensor))
  return file
}

function scaled(tensor: Tensor, by: (value: number) => number): Tensor {
  return new Tensor(Float32Array.from(tensor.data as Float32Array, by), tensor.shape)
}

function ask(args: readonly string[]) {
  const { status, json } = cliJson<Document>(['diagnose', ...args])
  return { status, json, codes: json.causes.map(({ code }) => code) }
}

t.test('a sound model is NONE, by what ran', async (t) => {
  const { status, json, codes } = ask([
    digits('model.mnn'),
    ...['--reference', digits('model.onnx'), '--golden-input', golden, '--precision', 'fp32'],
  ])
  t.same([status, codes], [0, ['NONE']])
  t.same(
    json.rungs.map(({ rung }) => rung),
    ['files', 'outputs', 'runs', 'precision'],
  )
})

t.test('an input in another range is named without any inference, and its line said', async (t) => {
  const deployed = npy(
    'range.npy',
    scaled(input, (value) => value / 255),
  )
  const { status, json, codes } = ask([
    digits('model.mnn'),
    ...['--golden-input', golden, '--deployed-input', deployed],
  ])
  t.equal(status, 1)
  t.match(codes[0], /^PREPROC_(RANGE|MEAN_STD)$/)
  t.ok(json.causes[0]!.fix)
})

t.test('an input that is the golden one is said to be, not to agree "to identical"', (t) => {
  const { json } = cliJson<{ rungs: readonly { rung: string; said: string }[] }>([
    'diagnose',
    digits('model.mnn'),
    ...['--reference', digits('model.onnx'), '--golden-input', golden, '--deployed-input', golden],
  ])
  const said = json.rungs.find(({ rung }) => rung === 'inputs')?.said
  t.equal(said, 'the deployed input is identical to the golden one: nothing is wrong with it')
  t.end()
})

t.test('decibels of evidence go down, as those of the message do', (t) => {
  t.equal(showEvidence(52.49996, 'sqnrDb'), '52.4 dB')
  t.equal(showEvidence([34.96, null], 'sqnrDb'), '[34.9 dB, null]')
  t.equal(showEvidence({ sqnrDb: 400, cosine: 1 }), 'sqnrDb identical, cosine 1')
  t.equal(showEvidence(52.49996, 'maxAbs'), '52.5')
  t.same([67.0951, 0.36, -0.01].map(downToTenths), [67, 0.3, -0.1])
  t.end()
})

t.test('the line in C++ has as many channels as the record', (t) => {
  const record: Preprocessing = { ...digitsRecord, scale: 1 / 255, mean: 0.5, std: 0.5 }
  const fixOf = (golden: Preprocessing) => fixFor('PREPROC_RANGE', { golden } as InputFaults)
  t.match(fixOf(record)?.mnn, /std::copy_n\(mean, 1, config\.mean\); std::copy_n\(normal, 1, /)
  t.match(fixOf(record)?.ncnn, /^const float mean\[\] = \{127\.5f\}, norm\[\] = \{0\.00784314f\};/)
  t.match(fixOf({ ...record, order: 'RGB' })?.mnn, /std::copy_n\(mean, 3, config\.mean\)/)
  t.end()
})

t.test('damaged weights and a wrong input are both named', async (t) => {
  const copy = join(folder, 'shifted.ncnn.param')
  cpSync(digits('model.ncnn.param'), copy)
  cpSync(digits('model.ncnn.bin'), join(folder, 'shifted.ncnn.bin'))
  const weights = readFileSync(join(folder, 'shifted.ncnn.bin'))
  weights.writeUInt32LE(0x7fc00000, 4)
  writeFileSync(join(folder, 'shifted.ncnn.bin'), weights)
  const deployed = npy(
    'range.npy',
    scaled(input, (value) => value / 255),
  )
  const { codes } = ask([
    copy,
    ...['--reference', digits('model.onnx'), '--golden-input', golden, '--deployed-input', deployed],
  ])
  t.ok(codes.includes('WEIGHTS_NOT_FINITE'), codes.join())
  t.ok(
    codes.some((code) => code.startsWith('PREPROC_')),
    codes.join(),
  )
})

t.test('recorded outputs are judged as they are', async (t) => {
  const softened = npy('softmax.npy', softmax(expected))
  const { codes } = ask([
    digits('model.mnn'),
    ...['--reference-output', digits('expected.npy'), '--candidate-output', softened],
  ])
  t.equal(codes[0], 'SCALE_OFFSET_MISSING')
})

t.test('a recorded output that is nobody’s is not excused by what the candidate gives here', async (t) => {
  const others = npy(
    'others.npy',
    scaled(expected, (value) => Math.sin(1e4 * value)),
  )
  const { json, codes } = ask([
    digits('model.mnn'),
    ...['--reference', digits('model.onnx'), '--golden-input', golden, '--candidate-output', others],
    ...['--precision', 'fp16'],
  ])
  t.equal(codes[0], 'INCONCLUSIVE', codes.join())
  t.match(json.causes[0]?.message, /recorded of the candidate differs from the original/)
})

t.test('a recorded output stands for the original, which need not be there', async (t) => {
  const kept = ['--golden-input', golden, '--reference-output', digits('expected.npy'), '--precision', 'fp32']
  t.same(ask([digits('model.mnn'), ...kept]).codes, ['NONE'])
  const param = join(folder, 'pooled.ncnn.param')
  const text = readFileSync(digits('model.ncnn.param'), 'utf8')
  writeFileSync(param, text.replace('4 5 0=0', '4 5 0=1'))
  cpSync(digits('model.ncnn.bin'), param.replace('.param', '.bin'))
  const { status, json } = ask([param, ...kept])
  t.equal(status, 3)
  t.match(json.causes[0], { code: 'INCONCLUSIVE', message: /On the golden input the outputs differ/ })
  t.notOk(
    json.rungs.some(({ rung }) => rung === 'layers'),
    'nothing was recorded of them',
  )
})

t.test('one input with two outputs is not deterministic', async (t) => {
  const other = npy(
    'other.npy',
    scaled(expected, (value) => value * 1.1),
  )
  const { codes } = ask([
    digits('model.mnn'),
    ...['--golden-input', golden, golden],
    ...['--reference-output', digits('expected.npy'), digits('expected.npy')],
    ...['--candidate-output', digits('expected.npy'), other],
    ...['--reference', digits('model.onnx')],
  ])
  t.equal(codes[0], 'NON_DETERMINISTIC')
})

t.test('nothing to look at is inconclusive, and says what would decide', async (t) => {
  const { status, json, codes } = ask([digits('model.mnn')])
  t.same([status, codes], [3, ['INCONCLUSIVE']])
  t.match(json.missing.at(-1), /--reference .*--golden-input/)
  const held = ask([digits('model.mnn'), '--reference', digits('model.onnx')])
  t.match(held.json.missing, [/--golden-input/])
})

t.test('--fix applies the cheapest remedy, measures again, and changes nothing that is there', async (t) => {
  const { json } = ask([
    digits('model.ncnn.param'),
    ...['--reference', digits('model.onnx'), '--golden-input', golden, '--precision', 'bf16'],
    ...['--fix', join(folder, 'fixed')],
  ])
  t.match(json.remedies, [{ code: 'PRECISION_EXPECTED', after: { pass: true } }])
})

t.test('--fix with nothing to mend says so, and leaves nothing', async (t) => {
  const none = join(folder, 'none')
  const args = ['--reference', digits('model.onnx'), '--golden-input', golden, '--precision', 'fp32']
  const { status, stdout } = cli(['diagnose', digits('model.mnn'), ...args, '--fix', none])
  t.equal(status, 0)
  t.match(stdout, /^--fix: there is nothing to mend$/m)
  const own = cliJson<ErrorJson>(['diagnose', digits('model.mnn'), ...args, '--fix', digits('')])
  t.match(own.json.error, { code: 'TWINFER_INVALID_OPTION', message: /another place for the copy/ })
  t.equal(existsSync(none), false)
})

t.test('what is asked wrongly is said before anything runs', async (t) => {
  const error = (args: readonly string[]) => cliJson<ErrorJson>(['diagnose', ...args])
  const uneven = error([digits('model.mnn'), '--golden-input', golden, golden, '--deployed-input', golden])
  t.equal(uneven.status, 2)
  t.match(uneven.json.error, { code: 'TWINFER_USAGE', message: /expected 2 files for --deployed-input/ })
  t.match(error([digits('model.onnx')]).json.error, { code: 'TWINFER_USAGE', message: /converted model/ })
  t.match(error([join(folder, 'none.mnn')]).json.error, { code: 'TWINFER_FILE_NOT_FOUND' })
})

t.test('for people: the cause first, then the line that mends it; a page as well', async (t) => {
  const deployed = npy(
    'range.npy',
    scaled(input, (value) => value / 255),
  )
  const report = join(folder, 'report.html')
  const { stdout, status } = cli([
    'diagnose',
    digits('model.mnn'),
    ...['--golden-input', golden, '--deployed-input', deployed, '--report', report],
  ])
  t.equal(status, 1)
  t.match(stdout, /1\. PREPROC_\w+ \(confidence 0\.\d+\)\n {3}\S/)
  t.match(stdout, /^ {3}fix: /m)
  t.match(readFileSync(report, 'utf8'), /<code>PREPROC_/)
})

function softmax({ data, shape }: Tensor): Tensor {
  const exponentials = Float32Array.from(data as Float32Array, Math.exp)
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return new Tensor(
    exponentials.map((value) => value / sum),
    shape,
  )
}
