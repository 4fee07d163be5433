import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import t from 'tap'
import { TensorStore } from '../../dist/compare/layers/RecordedReference.js'

t.test('tensors come back the same from memory and from the file, and the file has no name', async (t) => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('twinfer-'))
  const store = new TensorStore(100)
  const tensors = [5, 20, 1, 40, 0].map((length, i) => Float32Array.from({ length }, (_, j) => i + j / 7))
  tensors[3]![0] = Number.NaN
  for (const [i, tensor] of tensors.entries()) t.equal(store.add(tensor), i)
  for (const i of [3, 0, 4, 1, 2, 3]) t.same(store.get(i), tensors[i])
  t.same(
    readdirSync(tmpdir()).filter((name) => name.startsWith('twinfer-')),
    before,
  )
  store.dispose()
  store.dispose()
})
