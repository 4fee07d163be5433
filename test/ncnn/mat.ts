import t from 'tap'
import { Mat } from 'twinfer/ncnn'

const counting = (length: number) => Float32Array.from({ length }, (_, i) => i)

t.test('padding between channels shows in cstep and nowhere else', async (t) => {
  const mat = Mat.from(counting(18), [2, 3, 3])
  t.match(mat, { dims: 3, w: 3, h: 3, d: 1, c: 2, cstep: 12, elemsize: 4, elempack: 1 })
  t.same(mat.shape, [2, 3, 3])
  t.same(mat.toFloat32Array(), counting(18))
  t.same(mat.channel(1), counting(18).slice(9))
})

t.test('one to four dimensions', async (t) => {
  for (const shape of [[6], [2, 3], [1, 2, 3], [2, 1, 1, 3]]) {
    const mat = Mat.from(counting(6), shape)
    t.same(mat.shape, shape)
    t.same(mat.toFloat32Array(), counting(6))
  }
})

t.test('a channel is a view: writing to it writes to the Mat, and a clone is apart', async (t) => {
  const mat = Mat.from(counting(18), [2, 3, 3])
  const clone = mat.clone()
  mat.channel(1)[0] = 100
  t.equal(mat.toFloat32Array()[9], 100)
  t.equal(mat.channel(1)[0], 100)
  t.equal(clone.toFloat32Array()[9], 9)
})

t.test('a view keeps its memory after the Mat is gone', async (t) => {
  const view = (() => Mat.from(counting(4096), [4096]).channel(0))()
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.same(view, counting(4096))
})

t.test('wrong arguments are refused', async (t) => {
  t.throws(() => Mat.from(counting(5), [2, 3]), { code: 'TWINFER_LENGTH_MISMATCH', message: /6.*5/ })
  t.throws(() => Mat.from(counting(1), [1, 1, 1, 1, 1]), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => Mat.from(counting(0), []), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => Mat.from(counting(0), [0]), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => Mat.from(counting(1), [-1]), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => Mat.from(counting(1), [Number.NaN]), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => Mat.from(counting(1), [65536, 65536, 65536]), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.throws(() => Mat.from(new Float64Array(1) as unknown as Float32Array, [1]), {
    code: 'TWINFER_DTYPE_MISMATCH',
  })
  t.throws(() => Mat.from([1] as unknown as Float32Array, [1]), { code: 'TWINFER_INVALID_ARGUMENT' })
  t.throws(() => Mat.from(counting(8), [2, 4]).channel(1), { message: /0 to 0/ })
})
