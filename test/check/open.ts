import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bench } from '../../dist/bench/bench.js'
import { check } from '../../dist/check/check.js'
import { open } from '../../dist/index.js'
import { cliJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import {
  blobParameter,
  format,
  inputParameter,
  type MnnFile,
  mnnFile,
  opType,
  unaryParameter,
} from '../helpers/mnnFile.js'
import { paramText } from '../helpers/ncnnModel.js'

interface Report {
  readonly ok: boolean
  readonly findings: readonly { code: string; severity: string; message: string }[]
}

function savedParam(
  t: Test,
  lines: readonly string[],
  blobs: number,
  bin: Uint8Array | null = Buffer.alloc(0),
) {
  const folder = t.testdirName
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'net.param'), `7767517\n${lines.length} ${blobs}\n${lines.join('\n')}\n`)
  if (bin) writeFileSync(join(folder, 'net.bin'), bin)
  return join(folder, 'net.param')
}

function savedMnn(t: Test, file: MnnFile): string {
  const folder = t.testdirName
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'net.mnn'), mnnFile(file))
  return join(folder, 'net.mnn')
}

/** `open` refuses it, and `check` says why, with the same words where it asked the engine. */
async function refusedByBoth(t: Test, path: string, what: string) {
  const error = await open(path, { precision: 'fp32', threads: 1 }).then(
    async (model) => {
      await model.dispose()
      return undefined
    },
    (error: Error) => error,
  )
  t.ok(error, `${what}: open refuses it`)
  const { ok, findings } = await check(path)
  t.notOk(ok, `${what}: check refuses it`)
  t.match(findings[0], { severity: 'error' }, what)
  const onOneLine = error?.message.trim().replace(/\s*\n\s*/g, '; ')
  if (findings[0]?.code === 'engine-refuses') t.equal(findings[0].message, onOneLine, what)
}

t.test('what ncnn refuses to open, check refuses', async (t) => {
  t.testdir()
  const input = 'Input x 0 1 x'
  const cases: Record<string, readonly string[]> = {
    'Softmax of an old file': [input, 'Softmax s 1 1 x y 0=1'],
    'Reduction of an old file': [input, 'Reduction r 1 1 x y 0=0 1=0 -23303=1,1'],
    'Padding with two inputs': [input, 'Input k 0 1 k', 'Padding p 2 1 x k y'],
    'Crop with an unknown expression': [input, 'Crop c 1 1 x y 19="foo(0w)" 20="1" 21="0"'],
    'Reshape with a broken expression': [input, 'Reshape r 1 1 x y 6="0w,*("'],
    'LSTM with int8 of no known kind': [input, 'LSTM l 1 1 x y 0=2 1=-8 2=0'],
    'Yolov3DetectionOutput without classes': [input, 'Yolov3DetectionOutput d 1 1 x y 0=0'],
  }
  for (const [what, lines] of Object.entries(cases))
    await refusedByBoth(t, savedParam(t, lines, lines.length), what)
})

t.test('a .param without its .bin is refused by both, also where no layer has weights', async (t) => {
  const path = savedParam(t, ['Input x 0 1 x', 'ReLU r 1 1 x y'], 2, null)
  await refusedByBoth(t, path, 'no .bin')
  t.match((await check(path)).findings, [{ code: 'weights-not-found' }])
})

t.test('what MNN cannot size, check refuses, and names the cause', async (t) => {
  t.testdir()
  // A reshape of 16 values to 15.
  const path = savedMnn(t, {
    tensors: ['x', 'shape', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 16]) },
      { type: opType.Const, name: 'shape', outputs: [1], parameter: blobParameter([2], [3, 5]) },
      { type: opType.Reshape, name: 'y', inputs: [0, 1], outputs: [2] },
    ],
  })
  await refusedByBoth(t, path, 'a reshape that does not fit')
})

t.test('a model by its content, whatever its name is, is opened as that', async (t) => {
  const folder = t.testdir({ 'net.data': readFileSync(fixture('digits8-cnn/model.mnn')) })
  t.strictSame((await check(join(folder, 'net.data'))).findings, [])
})

t.test('without the addon the files are read all the same, and a remark says that this is all', (t) => {
  const env = { TWINFER_ADDON: fixture('digits8-cnn/model.mnn') }
  const { status, json } = cliJson<Report>(['check', fixture('digits8-cnn/model.mnn')], { env })
  t.equal(status, 0)
  t.match(json, { ok: true, findings: [{ code: 'not-opened', severity: 'info' }] })
  t.end()
})

t.test('files of older versions are found without the engines, and said to be that', (t) => {
  t.testdir()
  const env = { TWINFER_ADDON: fixture('digits8-cnn/model.mnn') }
  const findingsOf = (path: string) => cliJson<Report>(['check', path], { env }).json.findings
  const softmax = savedParam(t, ['Input x 0 1 x', 'Softmax s 1 1 x y 0=2'], 2)
  t.match(findingsOf(softmax), [{ code: 'old-format', severity: 'error', message: /without 1=1/ }])
  const first = savedParam(t, ['Input x 0 1 x', 'Softmax s 1 1 x y 0=0'], 2)
  t.match(findingsOf(first), [{ code: 'not-opened' }], 'the first axis has always been the same')
  const reduction = savedParam(t, ['Input x 0 1 x', 'Reduction r 1 1 x y 1=0 -23303=1,1'], 2)
  t.match(findingsOf(reduction), [{ code: 'old-format', severity: 'error', message: /without 5=1/ }])
  const padding = savedParam(t, ['Input x 0 1 x', 'Input k 0 1 k', 'Padding p 2 1 x k y'], 3)
  t.match(findingsOf(padding), [{ code: 'layer-inputs', severity: 'error', message: /expected 1 input/ }])
  const eltwise = savedMnn(t, {
    tensors: ['x', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 4]) },
      { type: 518, name: 'sum', inputs: [0, 0], outputs: [1] },
    ],
  })
  t.match(findingsOf(eltwise), [{ code: 'unknown-layer', severity: 'error', message: /EltwiseInt8 'sum'/ }])
  t.end()
})

t.test('opening is tried in a process of its own: where that ends, the file is refused', (t) => {
  const crash = join(
    t.testdir({ 'crash.cjs': 'if (process.argv[1]?.endsWith("openChild.js")) process.abort()' }),
    'crash.cjs',
  )
  const env = { NODE_OPTIONS: `--require ${crash}` }
  const { status, json } = cliJson<Report>(['check', fixture('digits8-cnn/model.mnn')], { env })
  t.equal(status, 1)
  t.match(json.findings, [
    { code: 'engine-refuses', severity: 'error', message: /ends the process \(SIGABRT\)/ },
  ])
  t.end()
})

t.test('a model is run once where that is asked for, in a process of its own', async (t) => {
  const findings = async (...lines: string[]) => {
    const model = savedParam(t, lines, lines.length)
    t.same((await check(model)).findings, [], 'without a run')
    return (await check(model, { run: true })).findings
  }
  const input = 'Input x 0 1 x 0=4 1=4 2=3'
  t.same(await findings(input, 'UnaryOp u 1 1 x y 0=0'), [])
  t.match(await findings(input, 'UnaryOp u 1 1 x y 0=5'), [
    {
      code: 'output-not-finite',
      severity: 'warning',
      message: /^on random values .* of 48 values of output 'y'/,
    },
  ])
  t.match(await findings(input, 'Padding p 1 1 x y 0=100000 1=100000 2=100000 3=100000'), [
    { code: 'run-fails', severity: 'error', layer: 'p' },
  ])
  t.match(await findings('Input x 0 1 x', 'UnaryOp u 1 1 x y 0=0'), [{ code: 'not-run', severity: 'info' }])
  const run = cliJson<Report>(['check', fixture('digits8-cnn/model.mnn'), '--run'])
  t.match(run, { status: 0, json: { ok: true, findings: [] } })
})

t.test('random values lie as the input does: channels last, too', async (t) => {
  const path = savedMnn(t, {
    tensors: ['x', 'y'],
    operators: [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 6, 4, 3], format.NHWC) },
      { type: opType.UnaryOp, name: 'abs', inputs: [0], outputs: [1], parameter: unaryParameter(0) },
    ],
  })
  t.same((await check(path, { run: true })).findings, [])
  const { rows } = await bench(path, { duration: 0.01, rounds: 1, threads: 1 })
  t.match(rows, [{ engine: 'mnn', sqnrDb: 400 }])
})

t.test('parameters that no input could suit are an error before there is an input', async (t) => {
  for (const [layer, message] of [
    ['Cast c 1 1 in0 out0 0=1 1=9', /received 1 to 9/],
    ['Pooling p 1 1 in0 out0 0=0 1=2 2=2 3=-1', /padding of 0 or more/],
    ['Interp i 1 1 in0 out0 0=2 1=-2.0 2=1.0', /scale above 0/],
    ['Reshape r 1 1 in0 out0 0=-1 1=-1', /at most one size of -1/],
  ] as const) {
    const folder = t.testdir({ 'net.param': paramText('Input in0 0 1 in0', layer), 'net.bin': '' })
    const { ok, findings } = await check(join(folder, 'net.param'))
    t.notOk(ok, layer)
    t.match(findings.map((found) => found.message).join('\n'), message)
  }
  const sound = t.testdir({
    'net.param': paramText('Input in0 0 1 in0', 'Permute p 1 1 in0 out0 0=3'),
    'net.bin': '',
  })
  t.ok((await check(join(sound, 'net.param'))).ok, 'an order that three dimensions have and two have not')
})
