import { readFileSync } from 'node:fs'
import t from 'tap'
import { TwinferError } from '../../dist/errors/TwinferError.js'
import { inspect } from '../../dist/file/inspect.js'
import { parseMnn } from '../../dist/file/MnnReport.js'
import { fixture } from '../helpers/fixtures.js'
import { sharedModels } from '../helpers/shared.js'

const file = fixture('digits8-cnn/model.mnn')

t.test('a real .mnn tells its inputs, outputs, ops and versions', async (t) => {
  const { engine, format, inputs, outputs, layers, weights, versions, warnings } = await inspect(file)
  t.equal(engine, 'mnn')
  t.equal(format, 'mnn-flatbuffer')
  t.same(inputs, [{ name: 'image', shape: [1, 1, 8, 8], dtype: 'float32', layout: 'NCHW' }])
  t.same(
    outputs.map(({ name }) => name),
    ['logits'],
  )
  t.equal(layers.length, 27)
  t.equal(layers.filter(({ type }) => type === 'Convolution').length, 5)
  t.ok(layers.every(({ outputs }) => outputs.length > 0))
  t.equal(weights, undefined, 'they are inside')
  t.match(versions, { converter: '3.6.1', source: 'ONNX', uuid: /^[0-9a-f-]{36}$/ })
  t.same(warnings, [])
})

t.test('layers are joined by tensor names', async (t) => {
  const { layers } = await inspect(file)
  const produced = new Set(layers.flatMap(({ outputs }) => outputs))
  for (const { name, inputs } of layers) {
    for (const input of inputs) t.ok(produced.has(input), `${name} reads ${input}, which some op produces`)
  }
})

t.test('a file cut anywhere gives TWINFER_MODEL_INVALID or the whole net, never another error', async (t) => {
  const whole = readFileSync(file)
  const layers = parseMnn(whole, file).operators.length
  for (let length = 0; length < whole.length; length += 101) {
    try {
      t.equal(parseMnn(whole.subarray(0, length), file).operators.length, layers)
    } catch (error) {
      if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
    }
  }
  t.throws(() => parseMnn(whole.subarray(0, whole.length / 2), file), { code: 'TWINFER_MODEL_INVALID' })
})

t.test('changed bytes give TWINFER_MODEL_INVALID or a net, never another error', async (t) => {
  const whole = readFileSync(file)
  const random = generator(20261020)
  let refused = 0
  for (let round = 0; round < 4000; round++) {
    const damaged = Buffer.from(whole)
    for (let i = 0; i <= round % 4; i++) damaged[random(round % 2 ? whole.length : 2000)] = random(256)
    try {
      parseMnn(damaged, file)
    } catch (error) {
      if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_INVALID') throw error
      refused += 1
    }
  }
  t.ok(refused > 500, `${refused} of 4000 were refused`)
})

/** Repeatable, so that a failure can be looked at. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const models = sharedModels()
const skip = models ? false : 'no shared models beside the project'

t.test('the shared models are read', { skip }, async (t) => {
  const expected: Record<string, [string, number[]]> = {
    'efficientnet-lite0': ['input', [1, 3, 224, 224]],
    'ppocrv4-det': ['x', [1, 3, 384, 768]],
    'tiny-ecapa-tdnn': ['feats', [1, 60, 120]],
    'tiny-face-detector': ['image', [1, 3, 416, 416]],
    'tiny-vit': ['image', [1, 1, 28, 28]],
  }
  for (const [model, [name, shape]] of Object.entries(expected)) {
    const { inputs, warnings } = await inspect(`${models}/${model}/model.mnn`)
    t.match(inputs, [{ name, shape }], model)
    t.same(warnings, [], model)
  }
})
