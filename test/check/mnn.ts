import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { open } from '../../dist/index.js'
import { fixture } from '../helpers/fixtures.js'
import {
  blobParameter,
  convolutionFile,
  convolutionParameter,
  externalParameter,
  inputParameter,
  type MnnOperator,
  mnnFile,
  opType,
} from '../helpers/mnnFile.js'

const good = readFileSync(fixture('digits8-cnn/model.mnn'))
const layer = { inputs: 2, outputs: 2, weights: [1, 2, 3, 4], biases: [0, 1] }

function checking(t: Test, content: Uint8Array) {
  const folder = t.testdir()
  writeFileSync(join(folder, 'net.mnn'), content)
  return check(join(folder, 'net.mnn'), { strict: true })
}

t.test('sound files have no finding, whatever they store', async (t) => {
  const files = {
    'digits8-cnn/model.mnn': 'fp32',
    'digits8-cnn/model_fp16.mnn': 'fp16',
    'digits8-cnn/model_w8.mnn': 'int8',
    'tiny-ecapa-tdnn/model.mnn': 'fp32',
    'tiny-lstm/model.mnn': 'fp32',
    'tiny-lstm/if.mnn': 'fp32',
  }
  for (const [file, storage] of Object.entries(files)) {
    const report = await check(fixture(file))
    t.strictSame(report.findings, [], file)
    t.equal(report.weights.storage, storage, file)
  }
  t.ok((await checking(t, convolutionFile([1, 2, 4, 4], layer))).ok)
})

t.test('what MNN takes for granted is checked', async (t) => {
  const network = (change: Partial<MnnOperator>, before: readonly MnnOperator[] = []) =>
    mnnFile({
      tensors: ['x', 'y', 'z'],
      operators: [
        { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 2, 4, 4]) },
        ...before,
        {
          type: opType.Convolution,
          name: 'conv',
          inputs: [0],
          outputs: [1],
          parameter: convolutionParameter(layer),
          ...change,
        },
      ],
    })
  const blob = blobParameter([4], [1, 2])
  const cases: Record<string, [file: Uint8Array, code: string, layer: string, message: RegExp]> = {
    'tensor out of range': [network({ inputs: [7] }), 'damaged-table', 'conv', /tensor 7 of 3/],
    'tensor that nothing makes': [network({ inputs: [2] }), 'no-producer', 'conv', /'z', which no op makes/],
    'tensor made twice': [network({ outputs: [0] }), 'duplicate-blob', 'conv', /'x' again/],
    'no input': [network({ inputs: [] }), 'layer-inputs', 'conv', /at least 1/],
    'no output': [network({ outputs: [] }), 'layer-outputs', 'conv', /no outputs/],
    'unknown operator': [network({ type: 999 }), 'unknown-layer', 'conv', /no code/],
    'parameters of another kind': [network({ parameter: blob }), 'parameters', 'conv', /kind 9, received 7/],
    'a file of this machine': [network({ externalPath: '/etc/passwd' }), 'external-path', 'conv', /passwd/],
    'too few weights': [
      network({ parameter: convolutionParameter({ ...layer, weights: [1, 2] }) }),
      'weight-size',
      'conv',
      /expected 4 weights .*, received 2/,
    ],
    'too few biases': [
      network({ parameter: convolutionParameter({ ...layer, biases: [1] }) }),
      'weight-size',
      'conv',
      /expected 2 biases, received 1/,
    ],
    'stride of 0': [
      network({ parameter: convolutionParameter({ ...layer, stride: 0 }) }),
      'parameters',
      'conv',
      /strides/,
    ],
    'a short constant': [
      network({}, [{ type: opType.Const, name: 'c', outputs: [2], parameter: blob }]),
      'weight-size',
      'c',
      /expected 4 values of data, received 2/,
    ],
    NaN: [
      network({ parameter: convolutionParameter({ ...layer, weights: [1, 2, Number.NaN, 4] }) }),
      'weight-nan',
      'conv',
      /first at index 2/,
    ],
  }
  for (const [what, [file, code, name, message]] of Object.entries(cases)) {
    const { ok, findings } = await checking(t, file)
    t.notOk(ok, what)
    const found = findings.find((finding) => finding.code === code)
    t.match(found, { layer: name, message }, `${what}: ${JSON.stringify(findings)}`)
  }
})

t.test('an error does not hide those behind it, nor those in a subgraph', async (t) => {
  const convolution = (name: string, input: number, change: object): MnnOperator => ({
    type: opType.Convolution,
    name,
    inputs: [input],
    outputs: [input + 1],
    parameter: convolutionParameter({ ...layer, ...change }),
  })
  const input = { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 2, 4, 4]) }
  const file = mnnFile({
    tensors: ['x', 'y', 'z'],
    operators: [input, convolution('a', 0, { stride: 0 }), convolution('b', 1, { weights: [1] })],
    subgraphs: [
      {
        tensors: ['u', 'v'],
        operators: [convolution('c', 0, { biases: [] })],
        inputs: [0],
        outputs: [1],
      },
    ],
  })
  const { findings } = await checking(t, file)
  for (const [code, name] of [
    ['parameters', 'a'],
    ['weight-size', 'b'],
    ['weight-size', 'c'],
  ] as const)
    t.ok(
      findings.some((found) => found.code === code && found.layer === name),
      `${code} of ${name}: ${JSON.stringify(findings)}`,
    )
})

t.test('one changed byte of a table does not end the process', async (t) => {
  const changes = [
    ['model.mnn', 1218, 9, 'parameters', /its parameters are missing/],
    ['model_fp16.mnn', 48575, 1, 'weight-size', /scales that are said to be fp16, and are not there/],
  ] as const
  for (const [file, at, value, code, message] of changes) {
    const bytes = readFileSync(fixture(`digits8-cnn/${file}`))
    bytes[at] = value
    const { findings } = await checking(t, bytes)
    t.match(findings[0], { severity: 'error', code, message })
    await t.rejects(open(bytes, { engine: 'mnn' }), { code: 'TWINFER_MODEL_INVALID', message })
  }
})

t.test('weights in a file of their own are read from there, and its lack is told of that file', async (t) => {
  const weights = Float32Array.from([1, 2, 3, Number.NaN])
  const biases = Float32Array.from([0, 1])
  const whole = Buffer.concat([Buffer.alloc(8), Buffer.from(weights.buffer), Buffer.from(biases.buffer)])
  const parameter = externalParameter([8, weights.byteLength, biases.byteLength])
  const files = { 'net.mnn': convolutionFile([1, 2, 4, 4], layer, { parameter }) as Buffer }
  const findingsOf = async (weightFile: Buffer | undefined) => {
    const folder = t.testdir()
    writeFileSync(join(folder, 'net.mnn'), files['net.mnn'])
    if (weightFile) writeFileSync(join(folder, 'net.mnn.weight'), weightFile)
    return (await check(join(folder, 'net.mnn'))).findings
  }
  t.match(await findingsOf(whole), [{ code: 'weight-nan', layer: 'conv', offset: 20, file: /\.weight$/ }])
  t.match(await findingsOf(undefined), [{ code: 'weights-not-found', layer: 'conv', file: /\.weight$/ }])
  t.match(await findingsOf(whole.subarray(0, 30)), [
    { code: 'missing-bytes', layer: 'conv', file: /\.weight$/, message: /at least 32 bytes .*received 30/ },
  ])
})

/** Its vtable says that a field of the net, which is read late, lies 4096 bytes on. */
function farField(): Uint8Array {
  const copy = Buffer.from(readFileSync(fixture('tiny-lstm/if.mnn')))
  copy[27] = 16
  return copy
}

t.test('a file that is cut, damaged or something else', async (t) => {
  const cases: Record<string, [file: Uint8Array, code: string]> = {
    half: [good.subarray(0, good.length >> 1), 'damaged-table'],
    'with a field far behind its end': [farField(), 'damaged-table'],
    'without its last byte': [good.subarray(0, -1), 'missing-bytes'],
    empty: [new Uint8Array(), 'foreign-file'],
    zeros: [new Uint8Array(4096), 'foreign-file'],
    onnx: [readFileSync(fixture('digits8-cnn/model.onnx')), 'foreign-file'],
    'ncnn weights': [readFileSync(fixture('digits8-cnn/model.ncnn.bin')), 'foreign-file'],
  }
  for (const [what, [file, code]] of Object.entries(cases))
    t.match((await checking(t, file)).findings[0], { code }, what)
})
