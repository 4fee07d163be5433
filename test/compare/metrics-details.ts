import t from 'tap'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import type { DType } from '../../dist/index.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from '../helpers/seededRandom.js'

const random = seededRandom(21)
const noise = () => random() + random() + random() - 1.5
const shape = [1, 4, 32, 32]
const length = 4 * 32 * 32
const make = (value: (index: number, channel: number) => number, dims = shape) =>
  new Tensor(
    Float32Array.from({ length }, (_, i) => value(i, Math.floor(i / 1024))),
    dims,
  )
const reference = make(() => noise())
const details = (candidate: Tensor, against = reference) => {
  const { sqnrDb, sortedSqnrDb, channelFit, referenceGrid, candidateGrid } = compareTensors(
    against,
    candidate,
    {
      details: true,
    },
  )
  return {
    sqnrDb: sqnrDb!,
    sortedSqnrDb: sortedSqnrDb!,
    channelFit: channelFit!,
    referenceGrid,
    candidateGrid,
  }
}
const values = reference.data as Float32Array

t.test('details are measured only where they are asked for', (t) => {
  const plain = compareTensors(reference, reference)
  t.notHas(plain, { channelFit: {} })
  t.notHas(plain, { sortedSqnrDb: 0 })
  t.equal(plain.referenceGrid.int8, null)
  t.end()
})

t.test('moved elements: sorted values agree, nothing else does', (t) => {
  const found = details(make((i) => values[(i * 37) % length]!))
  t.ok(found.sqnrDb < 3, String(found.sqnrDb))
  t.equal(found.sortedSqnrDb, 400)
  t.ok(found.channelFit.sqnrDb < 3, String(found.channelFit.sqnrDb))
  t.end()
})

t.test('a scale and an offset in each channel: the fit undoes them and says what they were', (t) => {
  const found = details(make((i, c) => (c + 1) * values[i]! - 10 * c))
  t.ok(found.sqnrDb < 0, String(found.sqnrDb))
  t.ok(found.channelFit.sqnrDb > 100, String(found.channelFit.sqnrDb))
  t.equal(found.channelFit.axis, 1)
  const rounded = (numbers: readonly number[]) => numbers.map((number) => Math.round(number * 1e5) / 1e5 + 0)
  t.strictSame(rounded(found.channelFit.slopes), [1, 2, 3, 4])
  t.strictSame(rounded(found.channelFit.offsets), [0, -10, -20, -30])
  t.end()
})

t.test('the fit wins nothing where the candidate does not depend on the reference', (t) => {
  for (const found of [
    details(make(() => noise())),
    details(make(() => 3)),
    details(make(() => 1e-9 * noise())),
  ]) {
    t.ok(found.channelFit.sqnrDb < 1, String(found.channelFit.sqnrDb))
  }
  t.end()
})

t.test('a large mean beside a small spread loses no digits', (t) => {
  const far = make((i) => 4096 + Math.fround(values[i]!))
  const found = details(
    make((i) => 2 * (far.data as Float32Array)[i]! + 1),
    far,
  )
  t.ok(found.channelFit.sqnrDb > 130, String(found.channelFit.sqnrDb))
  t.end()
})

t.test('constant channels, one pair, and NaN on both sides have a fit', (t) => {
  const constant = details(
    make((_, c) => c + 1),
    make((_, c) => c),
  )
  t.strictSame(constant.channelFit.slopes, [1, 1, 1, 1])
  t.strictSame(constant.channelFit.offsets, [1, 1, 1, 1])
  t.equal(constant.channelFit.sqnrDb, 400)
  const single = new Tensor(Float32Array.of(2), [1])
  t.strictSame(details(new Tensor(Float32Array.of(5), [1]), single).channelFit, {
    sqnrDb: 400,
    axis: null,
    slopes: [1],
    offsets: [3],
  })
  const holes = make((i) => (i % 5 === 0 ? Number.NaN : values[i]!))
  const found = details(
    make((i) => 3 * (holes.data as Float32Array)[i]!),
    holes,
  )
  t.ok(found.channelFit.sqnrDb > 130, String(found.channelFit.sqnrDb))
  t.end()
})

t.test('what cannot be compared has no details either', (t) => {
  const found = details(make((i) => (i === 3 ? Number.NaN : values[i]!)))
  t.strictSame([found.sqnrDb, found.sortedSqnrDb, found.channelFit], [null, null, null])
  t.end()
})

t.test('channels are read in NHWC too, and through a missing batch axis', (t) => {
  const nhwc = (scale: (i: number) => number) =>
    new Tensor(
      values.map((value, i) => scale(i) * value),
      [1, 32, 32, 4],
      { layout: 'NHWC' },
    )
  const found = details(
    nhwc((i) => 1 + (i % 4)),
    nhwc(() => 1),
  )
  t.equal(found.channelFit.axis, 3)
  t.ok(found.channelFit.sqnrDb > 100)
  const short = details(make((i, c) => (c + 1) * values[i]!, shape.slice(1)))
  t.ok(short.channelFit.sqnrDb > 100)
  t.end()
})

t.test('grids tell what precision the values passed through', (t) => {
  const round = (bits: number) => (value: number) => {
    const scale = 2 ** (bits - 1 - Math.floor(Math.log2(Math.abs(value))))
    return Math.round(value * scale) / scale
  }
  const [toFp16, toBf16] = [round(11), round(8)]
  const fp32 = details(reference)
  t.ok(fp32.referenceGrid.fp16 < 0.01 && fp32.referenceGrid.bf16 < 0.01)
  t.equal(fp32.referenceGrid.judged, length)
  t.equal(fp32.referenceGrid.int8, 0)
  const fp16 = details(make((i) => toFp16(values[i]!)))
  t.equal(fp16.candidateGrid.fp16, 1)
  t.ok(fp16.candidateGrid.bf16 < 0.2)
  const bf16 = details(make((i) => toBf16(values[i]!)))
  t.equal(bf16.candidateGrid.bf16, 1)
  const int8 = details(make((i, c) => Math.round(values[i]! * 80) * 0.0123 * (c + 1)))
  t.equal(int8.candidateGrid.int8, 1)
  t.equal(int8.candidateGrid.fp16 < 0.2, true)
  t.end()
})

t.test('zeros and small integers are on every grid, and are not judged', (t) => {
  const found = compareTensors(
    make((i) => (i % 2 ? 0 : (i % 257) - 128)),
    make((i) => values[i]!),
  )
  t.strictSame(found.referenceGrid, { fp16: 0, bf16: 0, int8: null, judged: 0 })
  t.end()
})

t.test('the ULP histogram counts in units of float32, of which both sides must be', (t) => {
  const next = (value: number, steps: number) =>
    new Float32Array(new Int32Array(Float32Array.of(value).buffer).map((bits) => bits + steps).buffer)[0]!
  const a = Float32Array.of(1, 1, 1, 1, 0, 1e-45)
  const b = Float32Array.of(1, next(1, 1), next(1, 3), next(1, -4), -0, -1e-45)
  const { ulp } = compareTensors(new Tensor(a, [6]), new Tensor(b, [6]))
  t.strictSame(ulp!.edges.slice(0, 5), [0, 1, 2, 4, 8])
  // 1 and the zeros; 1 unit; 3 units, and 2 across zero; 4 units.
  t.strictSame(ulp!.counts.slice(0, 5), [2, 1, 2, 1, 0])
  t.equal(ulp!.edges.length, ulp!.counts.length)
  t.equal(ulp!.edges.at(-1), 2 ** 30)
  t.equal(compareTensors(new Tensor(a, [6]), new Tensor(Float64Array.from(b), [6])).ulp, null)
  t.end()
})

t.test('details are given for every element type', (t) => {
  for (const [Type, dtype] of [
    [Int8Array, 'int8'],
    [Uint16Array, 'float16'],
    [BigInt64Array, 'int64'],
    [Uint8Array, 'bool'],
  ] as [typeof Int8Array, DType][]) {
    const data = new Type(2048)
    const tensor = new Tensor(data, [1, 2, 32, 32], { dtype })
    t.match(compareTensors(tensor, tensor, { details: true }), {
      sortedSqnrDb: 400,
      candidateGrid: { int8: 1, judged: 0 },
    })
  }
  t.end()
})
