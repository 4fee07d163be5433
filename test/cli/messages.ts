// What a person is told who asked for something that cannot be.
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open, Tensor, writeNpy } from 'twinfer'
import { tune } from 'twinfer/bench'
import { findMixedPrecision } from 'twinfer/diagnose'
import { Net } from 'twinfer/ncnn'
import { record, rejudge } from 'twinfer/pack'
import { openTracer } from 'twinfer/trace'
import { cliJson, type ErrorJson } from '../helpers/cli.js'
import { digitsPicture, digitsWithSidecar } from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 600_000)

const cwd = t.testdir()
cpSync(fixture('digits8-cnn'), cwd, { recursive: true })
await digitsPicture(join(cwd, 'two.png'))
await digitsWithSidecar(cwd, 'model.mnn')
await writeNpy(join(cwd, 'wide.npy'), Tensor.zeros([1, 1, 8, 9]))
const model = join(cwd, 'model.mnn')
const without = missingRuntime('node') && missingRuntime('web')

function refused(...args: readonly string[]): ErrorJson['error'] {
  const { status, json } = cliJson<ErrorJson>(args, { cwd })
  if (status !== 2) throw new Error(`exit code ${status}: ${args.join(' ')}`)
  return json.error
}

t.test('an accuracy beyond that of equal outputs is refused, not searched for', async (t) => {
  const reached = /from -400 to 400/
  t.match(refused('tune', 'model.mnn', '--min-sqnr', '500'), { code: 'TWINFER_USAGE', message: reached })
  t.match(refused('mixed', 'model.mnn', '--reference', 'model.onnx', '--min-sqnr', '500'), {
    code: 'TWINFER_USAGE',
    message: reached,
  })
  const code = 'TWINFER_INVALID_OPTION'
  const message = 'minSqnrDb: expected decibels from -400 to 400, received number 500'
  await t.rejects(tune(model, { minSqnrDb: 500 }), { code, message, help: /400 dB/ })
  await t.rejects(findMixedPrecision(model, { reference: model, minSqnrDb: 500 }), { code, message })
  await t.rejects(tune(model, { minSqnrDb: '60' as never }), { code, message: /received string "60"/ })
})

t.test('an input that is given as a picture and as it is, is given twice', async (t) => {
  for (const given of ['input.npy', 'image=input.npy']) {
    t.match(refused('run', 'model.mnn', '--image', 'two.png', '-i', given), {
      code: 'TWINFER_USAGE',
      message: "input 'image' is given twice: by --image, and by -i input.npy",
      help: /Leave one of them out/,
    })
  }
  t.match(refused('record', 'model.mnn', '--image', 'two.png', '-i', 'input.npy', '-o', 'twice.twin'), {
    message: /input 'image' is given twice/,
  })
})

t.test('`run` refuses what an .onnx cannot be asked', { skip: without }, async (t) => {
  const onnx = ['run', 'model.onnx', '-i', 'input.npy']
  for (const precision of ['fp16', 'int8', 'bf16']) {
    t.match(refused(...onnx, '--precision', precision), {
      code: 'TWINFER_INVALID_OPTION',
      message: `expected --precision default or fp32, which model.onnx computes in, received ${precision}`,
      help: /converted/,
    })
  }
  t.match(refused(...onnx, '--isolate'), {
    code: 'TWINFER_INVALID_OPTION',
    message: 'expected a .param or an .mnn for --isolate, received model.onnx',
  })
  t.equal(
    cliJson([...onnx, '--precision', 'fp32'], { cwd }).status,
    0,
    'what it computes in may be asked for',
  )
  const compared = ['compare', 'model.onnx', 'model.ncnn.param', '-i', 'input.npy', '--precision', 'bf16']
  t.equal(cliJson(compared, { cwd }).status, 0, 'the options of compare are for the candidates')
})

t.test('of several models the one is named that an error is about', async (t) => {
  writeFileSync(join(cwd, 'broken.mnn'), new Uint8Array(64))
  const broken = ['model.ncnn.param', 'model.mnn', 'broken.mnn']
  t.match(refused('compare', ...broken, '-i', 'input.npy'), { message: /broken\.mnn/ })
  writeFileSync(join(cwd, 'bad.param'), '7767517\n2 2\nInput in0 0 1 in0\nNoSuchLayer a 1 1 in0 out0\n')
  writeFileSync(join(cwd, 'bad.bin'), '')
  t.match(refused('compare', 'model.mnn', 'bad.param', '-i', 'input.npy'), { message: /^bad\.param: / })
  t.match(refused('compare', 'bad.param', 'model.mnn', '-i', 'input.npy'), { message: /^bad\.param: / })
  t.match(refused('bench', 'model.mnn', 'bad.param', '--duration', '0.01'), { message: /^bad\.param: / })
  t.match(refused('eval', 'model.mnn', 'bad.param', '--data', 'input.npy', '--metric', 'cosine'), {
    message: /^bad\.param: /,
  })
})

t.test('a golden input of a wrong shape is called that', { skip: without }, async (t) => {
  const asked = ['diagnose', 'model.mnn', '--reference', 'model.onnx', '--golden-input', 'wide.npy']
  const error = refused(...asked, '--deployed-input', 'input.npy')
  t.match(error.message, /^the golden input of input\.npy: .*expected shape \[1, 1, 8, 8\]/)
  t.notMatch(error.help, /-1/, 'nothing is open in this shape')
})

t.test('a switch of ncnn that is refused says what was received', async (t) => {
  const wrong = ['run', 'model.ncnn.param', '-i', 'input.npy', '--engine-option', 'use_packing_layout=maybe']
  const message = 'ncnn option use_packing_layout: expected true or false, received string "maybe"'
  t.match(refused(...wrong), { code: 'TWINFER_INVALID_OPTION', message })
  const engineOptions = { use_packing_layout: 'maybe' }
  const param = join(cwd, 'model.ncnn.param')
  await t.rejects(open(param, { engineOptions, isolate: true }), { message })
  await t.rejects(openTracer(param, { engineOptions }), { message })
  t.throws(() => new Net().setOptions(engineOptions as never), { message })
})

t.test('a limit says what it counts', async (t) => {
  await t.rejects(open(model, { limits: { memory: '1GB' as never } }), {
    code: 'TWINFER_INVALID_OPTION',
    message: 'expected limits.memory as a number of bytes above 0, received "1GB"',
  })
  await t.rejects(open(model, { limits: { memry: 1 } as never }), {
    message: /"memry"$/,
    help: "Did you mean 'memory'?",
  })
})

t.test('a pack without runs is said to have none', async (t) => {
  const file = join(cwd, 'golden.twin')
  await record(model, { file, inputs: Tensor.zeros([1, 1, 8, 8]), repeat: 1 })
  const message = /expected a pack with an appended run, received one that has none/
  t.match(refused('verify', 'golden.twin', '--rejudge'), { message, help: /--append/ })
  await t.rejects(rejudge(file, { run: 3 }), { message })
})

t.test('an option that took the model is named', async (t) => {
  for (const [taker, ...args] of [
    ['--golden-input', 'diagnose', '--reference', 'model.onnx', '--golden-input', 'input.npy', 'model.mnn'],
    ['--fix', 'diagnose', '--fix', 'model.mnn', '--reference', 'model.onnx'],
    ['--inputs', 'compare', '--inputs', 'input.npy', 'wide.npy', 'model.onnx', 'model.mnn'],
    ['--inputs', 'compare', 'model.onnx', '--inputs', 'input.npy', 'model.mnn'],
  ] as const) {
    t.match(refused(...args), {
      code: 'TWINFER_USAGE',
      message: /missing required argument/,
      help: `What follows ${taker} belongs to it: give models first, options after them.`,
    })
  }
  t.match(refused('diagnose', '--reference', 'model.onnx'), { help: /--help/ }, 'it took what is its own')
})

t.test('--top counts the values of outputs without a sidecar, too', async (t) => {
  const run = ['run', 'model.ncnn.param', '-i', 'input.npy', '--top', '2']
  const { json } = cliJson<{ outputs: { top: object[] }[] }>(run, { cwd })
  t.equal(json.outputs[0]!.top.length, 2)
})
