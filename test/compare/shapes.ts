import t from 'tap'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import { IDENTICAL_DB } from '../../dist/format/numbers.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

const sqnr = (reference: number[], candidate: number[]) =>
  compareTensors(Tensor.zeros(reference), Tensor.zeros(candidate)).sqnrDb

t.test('leading dimensions of 1 are dropped on either side', (t) => {
  t.equal(sqnr([1, 10], [10]), IDENTICAL_DB)
  t.equal(sqnr([10], [1, 10]), IDENTICAL_DB)
  t.equal(sqnr([1, 3, 4, 5], [3, 4, 5]), IDENTICAL_DB)
  t.equal(sqnr([1, 1, 4, 5], [4, 5]), IDENTICAL_DB)
  t.equal(sqnr([], [1]), IDENTICAL_DB)
  t.end()
})

t.test('so are trailing ones, and those between', (t) => {
  t.equal(sqnr([1, 10], [10, 1, 1]), IDENTICAL_DB)
  t.equal(sqnr([1, 10, 1, 1], [1, 10]), IDENTICAL_DB)
  t.equal(sqnr([60, 1], [60]), IDENTICAL_DB)
  t.equal(sqnr([3, 1, 5], [3, 5]), IDENTICAL_DB)
  t.throws(() => sqnr([1, 10, 1], [1, 5, 2]), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.end()
})

t.test('shape and coordinate are those of the reference', (t) => {
  const found = compareTensors(Tensor.zeros([1, 2, 2]), new Tensor(Float32Array.of(0, 0, 0, 1), [2, 2]))
  t.strictSame(found.shape, [1, 2, 2])
  t.strictSame(found.worst?.coordinate, [0, 1, 1])
  t.end()
})

t.test('other shapes are refused, and equal counts are not compared flat', (t) => {
  const mismatch = (reference: number[], candidate: number[]) => () => sqnr(reference, candidate)
  t.throws(mismatch([1, 10], [1, 11]), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: 'output: expected shape [1, 10], received [1, 11]',
    help: /same input/,
  })
  const transposed = {
    code: 'TWINFER_SHAPE_MISMATCH',
    help: /^Both have 60 elements, .*transposed.*not compared flat/,
  }
  t.throws(mismatch([1, 3, 4, 5], [1, 4, 5, 3]), transposed)
  t.throws(mismatch([3, 20], [60]), transposed)
  t.throws(mismatch([2, 10], [10]), { code: 'TWINFER_SHAPE_MISMATCH' })
  t.end()
})

t.test('where the layouts differ the refusal names them', (t) => {
  const reference = Tensor.zeros([1, 3, 4, 5])
  const candidate = Tensor.zeros([1, 4, 5, 3], 'float32', 'NHWC')
  t.throws(() => compareTensors(reference, candidate, { name: 'mask' }), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /^mask: /,
    help: /The reference is NCHW, the candidate NHWC: transpose/,
  })
  t.end()
})

t.test('arguments of the wrong kind are refused by their role', (t) => {
  const tensor = Tensor.zeros([2])
  t.throws(() => compareTensors(undefined as never, tensor), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /reference/,
  })
  t.throws(() => compareTensors(tensor, [0, 0] as never), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /candidate/,
  })
  const gone = Tensor.zeros([2])
  structuredClone(gone.data, { transfer: [gone.data.buffer as ArrayBuffer] })
  t.throws(() => compareTensors(tensor, gone), { code: 'TWINFER_BUFFER_DETACHED' })
  t.end()
})
