// What the files of a converted model say by themselves and beside their source: one fault, one cause.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Pack } from 'twinfer/compare'
import type { CauseCode } from '../../../dist/diagnose/Cause.js'
import { diagnoseFiles } from '../../../dist/diagnose/model/diagnoseFiles.js'
import { type ChangeWeights, digitsWithText, digitsWithWeights } from '../../helpers/changedDigits.js'
import { normals } from '../../helpers/ncnnFile.js'
import { changeManifest, digits, recordDigits } from '../../helpers/packs.js'

const onnx = digits('model.onnx')
const shift: ChangeWeights = (values) => Float32Array.from(values, (_, i) => values[i - 1] ?? Number.NaN)
const engines = ['ncnn', 'mnn'] as const

/** Each way of damaging a layer's weights, what it is called, and what of it has to be recovered. */
const weightFaults: readonly (readonly [string, ChangeWeights, CauseCode, object])[] = [
  ['shifted', shift, 'WEIGHTS_SHIFTED', { lag: 1, unit: 'values' }],
  [
    'shifted back',
    (values) => Float32Array.from(values, (_, i) => values[i + 2] ?? 0),
    'WEIGHTS_SHIFTED',
    { lag: -2 },
  ],
  ['one NaN', (values) => values.with(7, Number.NaN), 'WEIGHTS_NOT_FINITE', { finding: 'weight-nan' }],
  ['one Infinity', (values) => values.with(7, -Infinity), 'WEIGHTS_NOT_FINITE', { finding: 'weight-inf' }],
  ['one exponent', (values) => values.with(7, 1e38), 'WEIGHTS_NOT_FINITE', { finding: 'weight-huge' }],
  ['zero', (values) => values.map(() => 0), 'WEIGHTS_DEAD_LAYER', { layerCount: 1 }],
  ['half of it zero', (values) => values.fill(0, values.length / 2), 'WEIGHTS_DEAD_LAYER', { layerCount: 1 }],
  [
    'in another order',
    (values) => values.map((_, i) => values.at(i - values.length / 4)!),
    'WEIGHTS_OTHER_MODEL',
    { reordered: true },
  ],
  ['others', (values) => normals(3, values.length), 'WEIGHTS_OTHER_MODEL', { layerCount: 1, unmatched: 1 }],
]

for (const engine of engines)
  t.test(`${engine}: damaged weights beside their source`, async (t) => {
    for (const [what, change, code, evidence] of weightFaults) {
      const { path, layer } = await digitsWithWeights(t.testdir(), engine, 1, change)
      const { causes } = await diagnoseFiles(path, onnx)
      t.match(causes[0], { code, evidence: { layer, ...evidence } }, what)
      t.ok(causes[0]!.confidence >= 0.85 && causes[0]!.confidence <= 1, `${what}: sure of it`)
      t.type(causes[0]!.fix?.twinfer, 'string')
    }
  })

t.test('a file whose bytes are damaged is not another model for that', async (t) => {
  const damages: readonly (readonly [string, (bin: Buffer) => Uint8Array, CauseCode])[] = [
    ['the bytes of each word turned round', (bin) => Buffer.from(bin).swap32(), 'DTYPE_MISREAD'],
    [
      '256 bytes lost in a layer',
      (bin) => Buffer.concat([bin.subarray(0, 9000), bin.subarray(9256)]),
      'WEIGHTS_SHIFTED',
    ],
  ]
  for (const [what, damage, code] of damages) {
    const path = digitsWithText(t.testdir(), (text) => text)
    const bin = path.replace('.param', '.bin')
    writeFileSync(bin, damage(readFileSync(bin)))
    t.match((await diagnoseFiles(path, onnx)).causes[0], { code }, what)
  }
})

t.test('a factor may be meant, so it is only suspected; the factor is recovered', async (t) => {
  for (const engine of engines)
    for (const factor of [255, 0.5, -1, 1.1]) {
      const { path, layer } = await digitsWithWeights(t.testdir(), engine, 2, (values) =>
        values.map((value) => value * factor),
      )
      const { causes, suspected } = await diagnoseFiles(path, onnx)
      t.same(causes, [])
      t.match(suspected, [{ code: 'WEIGHTS_SCALED', evidence: { layer } }], `${engine} ${factor}`)
      t.ok(Math.abs((suspected[0]!.evidence.factor as number) / factor - 1) < 0.001, `${engine} ${factor}`)
    }
})

t.test('sound files in every storage are accused of nothing', async (t) => {
  for (const file of [
    'model.ncnn.param',
    'model_fp16.ncnn.param',
    'model_int8.ncnn.param',
    'model.mnn',
    'model_fp16.mnn',
    'model_w8.mnn',
  ])
    for (const source of [onnx, undefined]) {
      const { causes, suspected, missing } = await diagnoseFiles(digits(file), source)
      t.same([...causes, ...suspected], [], file)
      t.equal(missing.length, source === undefined ? 1 : 0)
    }
})

t.test('weights of all layers that are others are another model, not many faults', async (t) => {
  const { path } = await digitsWithWeights(t.testdir(), 'ncnn', 0, (values) => values)
  const stem = path.replace(/\.param$/, '.bin')
  const bytes = readFileSync(stem)
  const noise = normals(5, bytes.length / 4)
  // The tags stay; they are 0 in fp32.
  for (let at = 0; at + 4 <= bytes.length; at += 4)
    if (bytes.readUInt32LE(at) !== 0) bytes.writeFloatLE(noise[at / 4]!, at)
  writeFileSync(stem, bytes)
  const { causes } = await diagnoseFiles(path, onnx)
  t.match(causes, [{ code: 'WEIGHTS_OTHER_MODEL', message: /^6 of 6 weights are not those of the original/ }])
})

t.test('files that are not whole', async (t) => {
  const cut = (bytes: Buffer) => bytes.subarray(0, -100)
  const cases: readonly (readonly [string, (bytes: Buffer) => Uint8Array, CauseCode, RegExp])[] = [
    ['cut', cut, 'WEIGHTS_TRUNCATED', /100 are missing/],
    [
      'longer',
      (bytes) => Buffer.concat([bytes, Buffer.alloc(64)]),
      'WEIGHTS_TRUNCATED',
      /too long, not too short.*64 are left over/,
    ],
    [
      'a web page',
      () => Buffer.from('<!DOCTYPE html><html><body>404</body></html>'),
      'WEIGHTS_TRUNCATED',
      /no weights: .*web page/,
    ],
    ['an .onnx', () => readFileSync(onnx), 'WEIGHTS_OTHER_MODEL', /another kind: .*ONNX/],
    [
      'an inserted word',
      (bytes) => Buffer.concat([bytes.subarray(0, 4), Buffer.from([0, 0, 0xc0, 0x7f]), bytes.subarray(4)]),
      'WEIGHTS_SHIFTED',
      /shifted by 1/,
    ],
  ]
  for (const [what, change, code, message] of cases) {
    const path = digitsWithText(t.testdir(), (text) => text)
    const weights = path.replace(/\.param$/, '.bin')
    writeFileSync(weights, change(readFileSync(weights)))
    t.match((await diagnoseFiles(path, onnx)).causes[0], { code, message }, what)
  }
  const path = join(t.testdir(), 'model.mnn')
  writeFileSync(path, cut(readFileSync(digits('model.mnn'))))
  t.match((await diagnoseFiles(path, onnx)).causes[0], { code: 'WEIGHTS_TRUNCATED' })
  t.match(
    (
      await diagnoseFiles(
        digitsWithText(t.testdir({}), (text) => text),
        onnx,
      )
    ).causes,
    [],
    'the copy itself is sound',
  )
})

t.test('texts and graphs that are damaged', async (t) => {
  const cases: readonly (readonly [string, (text: string) => string, CauseCode, string])[] = [
    ['a byte order mark', (text) => `\ufeff${text}`, 'WEIGHTS_TRUNCATED', 'byte-order-mark'],
    ['more layers than there are', (text) => text.replace('9 9', '13 9'), 'WEIGHTS_TRUNCATED', 'layer-count'],
    ['no magic', (text) => text.replace('7767517\n', ''), 'VERSION_SKEW', 'no-magic'],
    ['an unknown layer', (text) => text.replace('Pooling ', 'pnnx.Fold '), 'UNKNOWN_LAYER', 'unknown-layer'],
    [
      'a blob from nowhere',
      (text) => text.replace('1 1 4 5 0=0', '1 1 nowhere 5 0=0'),
      'OP_SEMANTICS',
      'no-producer',
    ],
    [
      'fewer outputs than weights',
      (text) => text.replace('0=24 1=3', '0=12 1=3'),
      'OP_SEMANTICS',
      'weight-size',
    ],
    ['nothing to reduce', (text) => text.replace('-23303=2,1,2', '-23303=0'), 'OP_SEMANTICS', 'no-axes'],
  ]
  for (const [what, change, code, finding] of cases) {
    const { causes } = await diagnoseFiles(digitsWithText(t.testdir(), change), onnx)
    t.match(causes[0], { code, evidence: { finding } }, what)
  }
})

t.test('versions: a file that is newer than the engine, and a pack of another one', async (t) => {
  const path = join(t.testdir(), 'model.mnn')
  const bytes = readFileSync(digits('model.mnn'))
  bytes.write('3.7.0', bytes.lastIndexOf('3.6.1'))
  writeFileSync(path, bytes)
  const [cause] = (await diagnoseFiles(path, onnx)).causes
  t.match(cause, { code: 'VERSION_SKEW', evidence: { fileVersion: '3.7.0', engineVersion: '3.6.1' } })
  bytes.write('3.5.9', bytes.lastIndexOf('3.7.0'))
  writeFileSync(path, bytes)
  t.same((await diagnoseFiles(path, onnx)).causes, [], 'an older one is none')

  const file = await recordDigits(t.testdir({}))
  const causesOf = async () => {
    const pack = await Pack.open(file)
    try {
      return (await diagnoseFiles(digits('model.ncnn.param'), pack)).causes
    } finally {
      await pack.close()
    }
  }
  t.same(await causesOf(), [])
  await changeManifest(file, ({ recorded }) => {
    recorded.versions.engine = '1.0.20240101'
  })
  t.match(await causesOf(), [{ code: 'VERSION_SKEW', evidence: { recordedVersion: '1.0.20240101' } }])
})

t.test('what cannot be diagnosed at all is thrown', async (t) => {
  await t.rejects(diagnoseFiles('nothing.param', onnx), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(diagnoseFiles(onnx), { code: 'TWINFER_MODEL_UNSUPPORTED' })
})
