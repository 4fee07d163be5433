import t from 'tap'
import { open, Tensor } from 'twinfer'
import { engines, network } from '../helpers/networks.js'

for (const engine of engines) {
  t.test(`${engine}: runSync hands the array over without a copy and never writes it`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const before = Array.from(input.data as Float32Array)
    // ncnn wants whole 16 bytes, and an array starts at whole 8 where addresses have 32 bits: one of these two fits.
    const places = [0, 2].map((place) => {
      const data = new Float32Array(before.length + place).subarray(place)
      data.set(before)
      return model.runSync(new Tensor(data, input.shape)).zeroCopy.inputs
    })
    t.ok(places.flatMap(Object.values).includes(true), JSON.stringify(places))
    t.same(Object.keys(places[0]!), [model.inputs[0]!.name])
    model.runSync(input)
    t.same(Array.from(input.data as Float32Array), before)
    const other = Tensor.zeros(input.shape)
    const first = Object.values<Tensor>(model.runSync(input))[0]!.data
    model.runSync(other)
    t.same(Object.values<Tensor>(model.runSync(input))[0]!.data, first, 'each run reads its own array')
  })

  t.test(`${engine}: run works on a copy, so the array may change at once`, async (t) => {
    const { file, input } = await network('tiny-ecapa-tdnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const expected = Object.values<Tensor>(model.runSync(input))[0]!.data
    const data = Float32Array.from(input.data as Float32Array)
    const running = model.run(new Tensor(data, input.shape))
    data.fill(NaN)
    const result = await running
    t.same(Object.values<Tensor>(result)[0]!.data, expected)
    t.same(Object.values(result.zeroCopy.inputs), [false])
  })
}

t.test('ncnn: a first layer that works in place does not reach the caller (H1)', async (t) => {
  const param = Buffer.from('7767517\n2 2\nInput in 0 1 x\nReLU relu 1 1 x y\n')
  await using model = await open(param, { weights: new Uint8Array(0) })
  const data = Float32Array.of(-1, 2, -3, 4, -5, 6, -7, 8)
  const { y } = model.runSync(new Tensor(data, [2, 2, 2]))
  t.same(data, Float32Array.of(-1, 2, -3, 4, -5, 6, -7, 8))
  t.same(y!.data, Float32Array.of(0, 2, 0, 4, 0, 6, 0, 8))
})

t.test('ncnn: an output that is the input, passed through, is a copy', async (t) => {
  const param = Buffer.from('7767517\n2 2\nInput in 0 1 x\nReshape flat 1 1 x y 0=16384\n')
  await using model = await open(param, { weights: new Uint8Array(0) })
  const data = new Float32Array(16384).fill(1)
  const { y } = model.runSync(new Tensor(data, [4, 64, 64]))
  data.fill(2)
  t.equal(y!.data[0], 1)
})

t.test('ncnn: data whose channels ncnn would pad are copied and come out right (H5)', async (t) => {
  // 3×3 planes have a channel step of 12: slicing channels of an unpadded Mat reads the wrong ones.
  const param = Buffer.from(
    '7767517\n3 4\nInput in 0 1 x\nSlice slice 1 2 x a b -23300=2,1,-233 1=0\nConcat back 2 1 b a y 0=0\n',
  )
  await using model = await open(param, { weights: new Uint8Array(0) })
  const data = Float32Array.from({ length: 27 }, (_, i) => i)
  const result = model.runSync(new Tensor(data, [3, 3, 3]))
  t.same(Array.from(result.y!.data as Float32Array), [...data.slice(9), ...data.slice(0, 9)])
  t.same(result.zeroCopy.inputs, { x: false })
})

t.test('large outputs arrive without a copy until much of them is alive', async (t) => {
  const param = Buffer.from('7767517\n2 2\nInput in 0 1 x\nReLU relu 1 1 x y\n')
  await using model = await open(param, { weights: new Uint8Array(0) })
  const input = Tensor.zeros([4, 1024, 1024]) // 16 MiB
  const results = Array.from({ length: 6 }, () => model.runSync(input))
  t.same(results[0]!.zeroCopy.outputs, { y: true })
  t.same(
    results[5]!.zeroCopy.outputs,
    { y: false },
    'a synchronous loop frees nothing, so it copies past 64 MiB',
  )
})
