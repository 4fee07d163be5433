import t from 'tap'
import { pairOutputs } from '../../dist/compare/outputs/pairOutputs.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const pairs = (...args: Parameters<typeof pairOutputs>) =>
  pairOutputs(...args).pairs.map((pair) => `${pair.reference}=${pair.candidate} ${pair.by}`)

/** A tensor of its own values for each seed; `noise` is a candidate's error. */
function tensor(seed: number, shape: readonly number[], noise = 0): Tensor {
  const random = seededRandom(seed)
  const length = shape.reduce((a, b) => a * b, 1)
  const data = Float32Array.from({ length }, () => (random() - 0.5) * 4)
  const other = seededRandom(seed + 1000)
  return new Tensor(
    data.map((value) => value + (other() - 0.5) * noise),
    shape,
  )
}

t.test('equal names belong together whatever their order', (t) => {
  t.strictSame(pairs(['a', 'b'], ['b', 'a']), ['a=a name', 'b=b name'])
  t.end()
})

t.test('renamed outputs go by order where as many are left on both sides', (t) => {
  t.strictSame(pairs(['prob'], ['softmax']), ['prob=softmax order'])
  t.strictSame(pairs(['a', 'x', 'b'], ['y', 'z', 'x']), ['a=y order', 'x=x name', 'b=z order'])
  t.strictSame(pairOutputs(['a'], ['b']).missing, [])
  t.end()
})

t.test('otherwise what is left is reported and not guessed', (t) => {
  t.strictSame(pairOutputs(['a', 'x', 'b'], ['x', 'out0']), {
    pairs: [{ reference: 'x', candidate: 'x', by: 'name' }],
    missing: ['a', 'b'],
    extra: ['out0'],
  })
  t.strictSame(pairOutputs(['a'], []), { pairs: [], missing: ['a'], extra: [] })
  t.strictSame(pairOutputs(['a'], ['a', 'b']).extra, ['b'])
  t.end()
})

t.test("pnnx's numbers are places in the original, wherever they stand in the file", (t) => {
  t.strictSame(pairs(['prob'], ['out0']), ['prob=out0 number'])
  t.strictSame(pairs(['a', 'b', 'c'], ['out2', 'out0', 'out1']), [
    'a=out0 number',
    'b=out1 number',
    'c=out2 number',
  ])
  // The reference is pnnx's, and the candidate's order the original's.
  t.strictSame(
    pairs(['out1', 'out0'], ['a', 'b'], { isReferenceOriginal: false, isCandidateOriginal: true }),
    ['out1=b number', 'out0=a number'],
  )
  // Ten and more are numbers, not text.
  const many = Array.from({ length: 12 }, (_, i) => `o${i}`)
  const shuffled = [11, 10, 2, 1, 0, 3, 9, 4, 8, 5, 7, 6].map((i) => `out${i}`)
  t.strictSame(
    pairs(many, shuffled),
    many.map((name, i) => `${name}=out${i} number`),
  )
  t.end()
})

t.test('a number that another name has taken is no place', (t) => {
  t.strictSame(pairs(['a', 'x', 'b'], ['out0', 'out1', 'x']), ['a=out0 order', 'x=x name', 'b=out1 order'])
  t.end()
})

t.test('numbers win over values: outputs that are swapped are not paired the other way', (t) => {
  const reference = { mask: tensor(1, [4]), state: tensor(2, [4]) }
  t.strictSame(pairs(reference, { out0: tensor(2, [4]), out1: tensor(1, [4]) }), [
    'mask=out0 number',
    'state=out1 number',
  ])
  t.end()
})

t.test("an original's own out1 and out0 are pnnx's out0 and out1 where the values say so", (t) => {
  const reference = { out1: tensor(1, [6]), out0: tensor(2, [6]) }
  const byNumber = { out0: tensor(1, [6], 1e-4), out1: tensor(2, [6], 1e-4) }
  t.strictSame(pairs(reference, byNumber), ['out1=out0 number', 'out0=out1 number'])
  const byName = { out0: tensor(2, [6], 1e-4), out1: tensor(1, [6], 1e-4) }
  t.strictSame(pairs(reference, byName), ['out1=out1 name', 'out0=out0 name'])
  // Without values, or with damaged ones, the name counts.
  t.strictSame(pairs(['out1', 'out0'], ['out0', 'out1']), ['out1=out1 name', 'out0=out0 name'])
  t.end()
})

t.test('names that tell nothing leave it to the values, then to the shapes', (t) => {
  const reference = { a: tensor(1, [1, 8]), b: tensor(2, [1, 8]), c: tensor(3, [1, 5]), d: tensor(4, [1, 5]) }
  const candidate = {
    p: tensor(4, [5], 0.05),
    q: tensor(2, [8], 0.05),
    r: tensor(1, [8], 0.05),
    s: tensor(9, [5]), // broken
  }
  t.strictSame(pairs(reference, candidate), ['a=r value', 'b=q value', 'c=s shape', 'd=p value'])
  t.end()
})

t.test('of twins, and of what is all broken, the place decides within a shape', (t) => {
  const twins = { a: tensor(1, [4]), b: tensor(1, [4]), c: tensor(2, [7]) }
  const candidate = { x: tensor(2, [7]), y: tensor(1, [4]), z: tensor(1, [4]) }
  t.strictSame(pairs(twins, candidate), ['a=y order', 'b=z order', 'c=x value'])
  const broken = { x: tensor(7, [7]), y: tensor(8, [4]), z: tensor(9, [4]) }
  t.strictSame(pairs(twins, broken), ['a=y order', 'b=z order', 'c=x shape'])
  t.end()
})

t.test('an .mnn has an order of its own: there the values come before the numbers', (t) => {
  const reference = { out0: tensor(1, [4]), out1: tensor(2, [4]) }
  const candidate = { state: tensor(2, [4], 1e-3), mask: tensor(1, [4], 1e-3) }
  const options = { isReferenceOriginal: false }
  t.strictSame(pairs(reference, candidate, options), ['out0=mask value', 'out1=state value'])
  t.end()
})

t.test('with fewer outputs on one side nothing is counted, but values may tell', (t) => {
  const reference = { a: tensor(1, [4]), b: tensor(2, [4]), c: tensor(3, [4]) }
  const found = pairOutputs(reference, { out0: tensor(3, [4]), out1: tensor(1, [4]) })
  t.strictSame(found, {
    pairs: [
      { reference: 'a', candidate: 'out1', by: 'value' },
      { reference: 'c', candidate: 'out0', by: 'value' },
    ],
    missing: ['b'],
    extra: [],
  })
  t.end()
})

t.test('what the caller says comes first', (t) => {
  t.strictSame(pairs(['a', 'b'], ['out0', 'out1'], { pairs: [['a', 'out1']] }), [
    'a=out1 given',
    'b=out0 order',
  ])
  t.strictSame(pairs(['a', 'b'], ['b', 'a'], { pairs: [['a', 'b']] }), ['a=b given', 'b=a order'])
  t.strictSame(pairs(['a'], ['b', 'c'], { pairs: [['a', 'c']] }), ['a=c given'])
  t.end()
})

t.test('of recorded outputs the order counts unless the values plainly say otherwise', (t) => {
  const reference = { a: tensor(1, [4]), b: tensor(2, [4]), c: tensor(3, [4]) }
  const options = { isReferenceOriginal: 'perhaps' } as const
  const [first, second, third] = [1, 2, 3].map((seed) => tensor(seed, [4], 1e-3))
  const right = { out2: third!, out0: first!, out1: second! }
  t.strictSame(pairs(reference, right, options), ['a=out0 number', 'b=out1 number', 'c=out2 number'])
  const other = { out0: third!, out1: second!, out2: first! }
  t.strictSame(pairs(reference, other, options), ['a=out2 value', 'b=out1 value', 'c=out0 value'])
  // What is only wrong is like no other.
  const wrong = { out0: tensor(7, [4]), out1: second!, out2: third! }
  t.strictSame(pairs(reference, wrong, options), ['a=out0 number', 'b=out1 number', 'c=out2 number'])
  t.end()
})

t.test('names that are numbers have the order that is given: an object puts them first', (t) => {
  const reference = { 20: tensor(1, [4]), 10: tensor(2, [4]) }
  const candidate = { out0: tensor(8, [4]), out1: tensor(9, [4]) }
  t.strictSame(pairs(reference, candidate), ['10=out0 number', '20=out1 number'])
  t.strictSame(pairs(reference, candidate, { referenceNames: ['20', '10'] }), [
    '20=out0 number',
    '10=out1 number',
  ])
  const options = { isReferenceOriginal: false, isCandidateOriginal: true, candidateNames: ['20', '10'] }
  t.strictSame(pairs(candidate, reference, options), ['out0=20 number', 'out1=10 number'])
  t.end()
})
