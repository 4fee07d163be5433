import t from 'tap'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import type { Float16Values } from '../../dist/tensor/DType.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

/** What the class is to this package where the runtime has it not (before Node 24): an array of that tag. */
class Stand extends Uint16Array {
  override get [Symbol.toStringTag](): never {
    return 'Float16Array' as never
  }
}
const Float16Array = ((globalThis as { Float16Array?: unknown }).Float16Array ?? Stand) as new (
  buffer: ArrayBufferLike,
  byteOffset?: number,
  length?: number,
) => Float16Values

const bits = Uint16Array.of(0x3c00, 0xc000, 0x3555) // 1, -2, 0.333

t.test('a Float16Array is a float16 tensor over the same memory', (t) => {
  const tensor = new Tensor(new Float16Array(bits.buffer, 2, 2), [2])
  t.equal(tensor.dtype, 'float16')
  t.ok(tensor.data instanceof Uint16Array)
  t.equal(tensor.data.buffer, bits.buffer)
  t.strictSame([...(tensor.data as Uint16Array)], [0xc000, 0x3555])
  const found = compareTensors(new Tensor(Float32Array.of(-2, 0.5), [2]), tensor)
  t.strictSame(found.worst, { index: 1, coordinate: [1], reference: 0.5, value: 0.333251953125 })
  t.end()
})

t.test('it is no other type, and its length is checked', (t) => {
  const values = new Float16Array(bits.buffer)
  t.equal(new Tensor(values, [3], { dtype: 'float16' }).dtype, 'float16')
  t.throws(() => new Tensor(values, [3], { dtype: 'bfloat16' }), { code: 'TWINFER_DTYPE_MISMATCH' })
  t.throws(() => new Tensor(values, [4]), { code: 'TWINFER_LENGTH_MISMATCH' })
  const gone = new Float16Array(new ArrayBuffer(6))
  structuredClone(gone.buffer, { transfer: [gone.buffer as ArrayBuffer] })
  t.throws(() => new Tensor(gone, [3]), { code: 'TWINFER_BUFFER_DETACHED' })
  t.end()
})
