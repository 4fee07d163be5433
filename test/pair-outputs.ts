import t from 'tap'
import { pairOutputs } from '../dist/compare/index.js'

const pairs = (reference: string[], candidate: string[]) =>
  pairOutputs(reference, candidate).pairs.map((pair) => `${pair.reference}=${pair.candidate} ${pair.by}`)

t.test('equal names belong together whatever their order', (t) => {
  t.strictSame(pairs(['a', 'b'], ['b', 'a']), ['a=a name', 'b=b name'])
  t.end()
})

t.test('renamed outputs go by order where as many are left on both sides', (t) => {
  t.strictSame(pairs(['prob'], ['out0']), ['prob=out0 order'])
  t.strictSame(pairs(['a', 'x', 'b'], ['out0', 'out1', 'x']), ['a=out0 order', 'x=x name', 'b=out1 order'])
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
