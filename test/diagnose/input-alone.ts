// What one input shows that is held against nothing.
import t from 'tap'
import { diagnose } from '../../src/diagnose/diagnose.js'
import { diagnoseInputs } from '../../src/diagnose/input/diagnoseInputs.js'
import { Tensor } from '../../src/tensor/Tensor.js'
import { fixture } from '../helpers/fixtures.js'

const filled = (shape: readonly number[], value: (i: number) => number) =>
  new Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
    shape,
  )
const picture = [1, 1, 8, 8]
const rising = filled(picture, (i) => i / 64)
const zeros = filled(picture, () => 0)
const holed = filled(picture, (i) => (i === 5 ? Number.NaN : i))
const codesOf = (sample: Partial<Record<'golden' | 'deployed', Tensor>>) =>
  diagnoseInputs([{ name: 'it', ...sample }]).causes.map(({ code, evidence }) => [
    code,
    evidence.side ?? null,
  ])

t.test('an input that was never written, or holds no numbers, is named alone', async (t) => {
  t.same(codesOf({ deployed: zeros }), [['INPUT_CONSTANT', null]])
  t.same(codesOf({ deployed: holed }), [['INPUT_NOT_FINITE', 'deployed']])
  t.same(codesOf({ golden: holed }), [['INPUT_NOT_FINITE', 'golden']])
})

t.test('an input of values is not, nor a golden one of one value, nor a state of few', async (t) => {
  t.same(codesOf({ deployed: rising }), [])
  t.same(codesOf({ golden: zeros }), [])
  t.same(codesOf({ deployed: filled([1, 32], () => 0) }), [])
})

t.test('whatever its rank is', async (t) => {
  const shape = [1, 2, 4, 4, 4]
  const golden = filled(shape, (i) => i)
  t.same(codesOf({ golden, deployed: filled(shape, () => 3) }), [['INPUT_CONSTANT', null]])
  t.same(codesOf({ golden, deployed: filled(shape, (i) => (i ? i : Number.POSITIVE_INFINITY)) }), [
    ['INPUT_NOT_FINITE', 'deployed'],
  ])
  t.same(codesOf({ golden: filled(shape, () => 1), deployed: filled(shape, () => 3) }), [])
})

t.test('the command says it with the model and its original only', async (t) => {
  const { causes, rungs } = await diagnose(fixture('digits8-cnn/model.mnn'), {
    reference: fixture('digits8-cnn/model.onnx'),
    samples: [{ name: 'fed.npy', deployed: zeros }],
  })
  t.equal(causes[0]?.code, 'INPUT_CONSTANT')
  t.ok(rungs.some(({ rung, said }) => rung === 'inputs' && said.includes('INPUT_CONSTANT')))
})
