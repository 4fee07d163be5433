import t from 'tap'
import { haveOtherNumbers, pairInputs } from '../../dist/compare/outputs/pairInputs.js'

const inputs = (...parts: readonly (readonly [string, (readonly number[])?, boolean?])[]) =>
  parts.map(([name, shape, unused]) => ({ name, shape, ...(unused && { unused }) }))

function paired(...args: Parameters<typeof pairInputs>) {
  const { pairs, dropped, missing } = pairInputs(...args)
  return [
    ...pairs.map((pair) => `${pair.reference}=${pair.candidate} ${pair.by}`),
    ...dropped.map((name) => `dropped ${name}`),
    ...missing.map((name) => `missing ${name}`),
  ]
}

const [small, large] = [
  [1, 2],
  [1, 3, 6, 6],
]

t.test('by name, then by number, then by shape, then by place', (t) => {
  t.strictSame(paired(inputs(['a'], ['b']), inputs(['b'], ['a'])), ['a=a name', 'b=b name'])
  t.strictSame(paired(inputs(['a', large], ['b', large]), inputs(['in1'], ['in0'])), [
    'a=in0 number',
    'b=in1 number',
  ])
  t.strictSame(paired(inputs(['in1', large], ['in0', large]), inputs(['a', large], ['b', large])), [
    'in1=b number',
    'in0=a number',
  ])
  t.strictSame(paired(inputs(['a', small], ['b', large]), inputs(['x', [3, 6, 6]], ['y', [2]])), [
    'a=y shape',
    'b=x shape',
  ])
  t.strictSame(paired(inputs(['a', large], ['b', large]), inputs(['x'], ['y'])), ['a=x order', 'b=y order'])
  t.strictSame(paired(inputs(['a', small], ['b', large]), inputs(['x', [-1, 3, -1, -1]], ['y', [-1, 2]])), [
    'a=y shape',
    'b=x shape',
  ])
  t.end()
})

t.test('what nothing reads is the first to have been dropped', (t) => {
  const reference = inputs(['im_shape', small, true], ['image', large])
  t.strictSame(paired(reference, inputs(['image', large])), ['image=image name', 'dropped im_shape'])
  t.strictSame(paired(reference, inputs(['in0'])), ['image=in0 number', 'dropped im_shape'])
  t.strictSame(paired(reference, inputs(['in1'])), ['image=in1 number', 'dropped im_shape'])
  t.strictSame(paired(reference, inputs(['x'])), ['image=x order', 'dropped im_shape'])
  // A converter that kept it.
  t.strictSame(paired(reference, inputs(['in1'], ['in0'])), ['im_shape=in0 number', 'image=in1 number'])
  const three = inputs(['a', large, true], ['b', large], ['c', large])
  t.strictSame(paired(three, inputs(['in1'], ['in0'])), ['b=in0 number', 'c=in1 number', 'dropped a'])
  t.end()
})

t.test('an input that is read and not there is found out by shape, or by a gap in the numbers', (t) => {
  const reference = inputs(['im_shape', small], ['image', large], ['scale', small])
  t.strictSame(paired(reference, inputs(['x', [3, 6, 6]])), [
    'image=x shape',
    'dropped im_shape',
    'dropped scale',
  ])
  t.strictSame(paired(reference, inputs(['in1'], ['in2'])), [
    'image=in1 number',
    'scale=in2 number',
    'dropped im_shape',
  ])
  t.end()
})

t.test('what nothing tells is missing, not guessed', (t) => {
  const reference = inputs(['a', large], ['b', large])
  t.strictSame(paired(reference, inputs(['x'])), ['dropped a', 'dropped b', 'missing x'])
  t.strictSame(paired(reference, inputs(['x']), { given: [['b', 'x']] }), ['b=x given', 'dropped a'])
  t.end()
})

t.test('an input that nobody gave counts, and is no partner', (t) => {
  const of = (...names: readonly string[]) =>
    names.map((name) => ({ name, shape: large, ...(name === 'z' && { unused: true, absent: true }) }))
  // pnnx kept the original's numbers, or counted anew.
  t.strictSame(paired(of('z', 'a', 'b'), inputs(['in2'], ['in1'])), ['a=in1 number', 'b=in2 number'])
  t.strictSame(paired(of('a', 'z', 'b'), inputs(['in2'], ['in0'])), ['a=in0 number', 'b=in2 number'])
  t.strictSame(paired(of('z', 'a', 'b'), inputs(['in1'], ['in0'])), ['a=in0 number', 'b=in1 number'])
  // A candidate that kept it cannot be fed.
  t.strictSame(paired(of('z', 'a', 'b'), inputs(['in2'], ['in1'], ['in0'])), [
    'a=in1 number',
    'b=in2 number',
    'missing in0',
  ])
  t.strictSame(paired(of('a', 'z'), inputs(['z'], ['a'])), ['a=a name', 'missing z'])
  t.end()
})

t.test('numbers that count more inputs than are known leave their order', (t) => {
  t.strictSame(paired(inputs(['a', large], ['b', large]), inputs(['in2'], ['in1'])), [
    'a=in1 number',
    'b=in2 number',
  ])
  t.end()
})

t.test('numbers before names, where an original may have called its inputs so', (t) => {
  const original = inputs(['in1', large], ['in0', large])
  t.ok(haveOtherNumbers(original))
  t.notOk(haveOtherNumbers(inputs(['in0'], ['in1'])))
  t.notOk(haveOtherNumbers(inputs(['b'], ['a'])))
  t.strictSame(paired(original, inputs(['in0'], ['in1'])), ['in1=in1 name', 'in0=in0 name'])
  const first = { numbersFirst: true }
  t.strictSame(paired(original, inputs(['in0'], ['in1']), first), ['in1=in0 number', 'in0=in1 number'])
  t.strictSame(paired(original, inputs(['b'], ['in1'], ['in0']), first).at(-1), 'missing b')
  const three = inputs(['z', small, true], ['in1', large], ['in0', large])
  t.strictSame(paired(three, inputs(['in0'], ['in1']), first), [
    'in1=in0 number',
    'in0=in1 number',
    'dropped z',
  ])
  t.end()
})
