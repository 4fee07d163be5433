import t from 'tap'
import { open, Tensor } from 'twinfer'
import { withExponentials } from '../helpers/exponentials.js'
import { fixture } from '../helpers/fixtures.js'
import { engines, maxAbsError, network } from '../helpers/networks.js'

// Twice the largest error that two builds of the engines showed against onnxruntime.
const limits = { 'digits8-cnn': 2.3e-5, 'tiny-ecapa-tdnn': 3e-6 } as const

for (const engine of engines) {
  for (const [name, limit] of Object.entries(limits)) {
    t.test(`${engine} runs ${name} in fp32 as onnxruntime does, sync and async`, async (t) => {
      const { file, input, expected } = await network(name, engine)
      await using model = await open(file, { precision: 'fp32' })
      const [sync] = Object.values<Tensor>(model.runSync(input))
      const [asynchronous] = Object.values<Tensor>(await model.run(input))
      const error = maxAbsError(expected, sync!)
      const allowed = withExponentials(engine, limit)
      t.ok(error <= allowed, `sync: ${error} <= ${allowed}`)
      t.same(asynchronous!.data, sync!.data, 'both ways give the same bits')
      t.equal(model.engine, engine)
      t.equal(model.effective.precision, 'fp32')
    })
  }

  t.test(`${engine} takes inputs by name, by order and alone`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const { name } = model.inputs[0]!
    const output = model.outputs[0]!.name
    const alone = model.runSync(input)[output]!
    t.same(model.runSync([input])[output]!.data, alone.data)
    t.same(model.runSync({ [name]: input })[output]!.data, alone.data)
  })

  t.test(`${engine} gives results one at a time: a later run leaves an earlier result alone`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const [first] = Object.values<Tensor>(model.runSync(input))
    const before = Array.from(first!.data as Float32Array)
    const zeros = Tensor.zeros(input.shape)
    const [second] = Object.values<Tensor>(model.runSync(zeros))
    t.same(Array.from(first!.data as Float32Array), before)
    t.not(maxAbsError(first!, second!), 0, 'another input, another output')
  })

  t.test(`${engine} writes into the caller's arrays`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    await using model = await open(file, { precision: 'fp32' })
    const { name } = model.outputs[0]!
    const expected = model.runSync(input)[name]!.data
    const into = new Float32Array(10)
    t.equal(model.runSync(input, { outputs: { [name]: into } })[name]!.data, into)
    t.same(into, expected)
    into.fill(0)
    const result = await model.run(input, { outputs: { [name]: into } })
    t.equal(result[name]!.data, into)
    t.same(into, expected)
    t.same(Object.keys(result), [name], 'zeroCopy is not among the outputs')
    t.throws(() => model.runSync(input, { outputs: { [name]: new Float32Array(9) } }), {
      code: 'TWINFER_LENGTH_MISMATCH',
      message: /10.*9/,
    })
    t.throws(() => model.runSync(input, { outputs: { [name]: new Int32Array(10) } }), {
      code: 'TWINFER_DTYPE_MISMATCH',
    })
    await t.rejects(model.run(input, { outputs: { [name]: new Float32Array(11) } }), {
      code: 'TWINFER_LENGTH_MISMATCH',
    })
  })

  t.test(`${engine} loads from memory, and keeps nothing of it`, async (t) => {
    const { readFile } = await import('node:fs/promises')
    const { file, input, expected } = await network('digits8-cnn', engine)
    const content = await readFile(file)
    const weights = engine === 'ncnn' ? await readFile(fixture('digits8-cnn/model.ncnn.bin')) : undefined
    const model = await open(content, { precision: 'fp32', ...(weights && { weights }) })
    content.fill(0)
    weights?.fill(0)
    const [output] = Object.values<Tensor>(model.runSync(input))
    t.ok(maxAbsError(expected, output!) <= limits['digits8-cnn'])
    await model.dispose()
  })
}

t.test('ncnn takes a leading axis for a batch where the network needs it', async (t) => {
  const { file, input } = await network('digits8-cnn', 'ncnn')
  await using model = await open(file, { precision: 'fp32' })
  t.same(input.shape, [1, 1, 8, 8])
  const withBatch = model.runSync(input).out0!
  const without = model.runSync(new Tensor(input.data, [1, 8, 8])).out0!
  t.same(without.data, withBatch.data)
  const two = new Tensor(
    Float32Array.from([...input.data, ...new Float32Array(64)] as number[]),
    [2, 1, 8, 8],
  )
  const both = model.runSync(two).out0!
  t.same(both.shape, [2, 10])
  t.same(both.data.slice(0, 10), withBatch.data)
  t.throws(() => model.runSync(Tensor.zeros([2, 2, 8, 8])), { code: 'TWINFER_SHAPE_MISMATCH' })
})
