import t from 'tap'
import { pairInputs } from '../dist/compare/pairInputs.js'

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
  t.strictSame(paired(reference, inputs(['x']), [['b', 'x']]), ['b=x given', 'dropped a'])
  t.end()
})
