// Opens and runs the model that the parent asks for: { file, input }, where `input` is the .npy of the model it was, or what
// a grown network is opened and run with: { options, inputs: [{ name, shape, fill, seed }] }.
import { open, readNpy, Tensor, TwinferError } from 'twinfer'
import { answerRequests } from '../../bench/lib/answerRequests.mjs'
import { random } from '../../bench/lib/mutations.mjs'
import { forgetPeak, memory } from './memory.mjs'

/** Of one input: above that it is the storm that takes the memory, and not the engine. */
const mostValues = 1 << 24
const { precision, threads } = process.env.STORM_OPTIONS ? JSON.parse(process.env.STORM_OPTIONS) : {}
const otherInput = /^TWINFER_(\w+_MISMATCH|MISSING_INPUT|UNKNOWN_INPUT)$/

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
}

const oddValues = [Number.NaN, Infinity, -Infinity, 1e30, -1e30, 0, 2 ** 31, -3, -1, 3e9]
/** What inputs of grown networks are full of. */
const fills = {
  even: (next) => (next() - 0.5) * 4,
  index: (next) => Math.floor(next() * 12),
  zero: () => 0,
  odd: (next) => oddValues[Math.floor(next() * oddValues.length)],
}

await answerRequests(async ({ file, input }, say) => {
  forgetPeak()
  return { ...(await tryOnce(file, input, say)), ...memory() }
})

async function tryOnce(file, input, say) {
  let model
  try {
    say({ step: 'open' })
    model = await open(file, {
      ...input?.options,
      ...(precision && { precision }),
      ...(threads && { threads }),
    })
    say({ step: 'run' })
    if (!input?.inputs) await run(model, input)
    else return { kind: 'ran', outputs: await runGrown(model, input.inputs) }
    return { kind: 'ran' }
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    const { code, message } = error
    return { kind: model ? 'refused when run' : 'refused by open', code, message }
  } finally {
    if (model) say({ step: 'dispose' })
    await model?.dispose()
  }
}

async function run(model, input) {
  try {
    if (input) return await model.run(await readNpy(input))
  } catch (error) {
    // Where nothing is declared, what the model was made for is the better guess.
    const { length, 0: first } = model.inputs
    if (!otherInput.test(error.code) || (length === 1 && !first.shape)) throw error
  }
  return await model.run(Object.fromEntries(model.inputs.map((each) => [each.name, declared(each)])))
}

function declared({ name, shape = [3, 32, 32], dtype = 'float32' }) {
  const sizes = shape.map((size) => (size < 0 ? 8 : size))
  const values = sizes.reduce((product, size) => product * size, 1)
  if (values > mostValues) throw new TwinferError('TWINFER_SHAPE_MISMATCH', `${name} is declared as ${sizes}`)
  const data = new (arrays[dtype] ?? Float32Array)(values)
  for (let i = 0; i < data.length; i++) data[i] = data instanceof Float32Array ? Math.sin(i) : i % 2
  return new Tensor(data, sizes, data instanceof Float32Array ? {} : { dtype })
}

/** The shapes of what it makes of inputs that are filled like the parent says. */
async function runGrown(model, inputs) {
  // MNN has no input that no operator reads.
  const read = inputs.filter(({ name }) => model.inputs.some((each) => each.name === name))
  const given = read.map(({ name, shape, fill, seed }) => {
    const { dtype = 'float32', layout } = model.inputs.find((each) => each.name === name)
    const data = new (arrays[dtype] ?? Float32Array)(shape.reduce((product, size) => product * size, 1))
    const next = random(seed)
    for (let i = 0; i < data.length; i++) data[i] = fills[fill](next, i)
    return [name, new Tensor(data, shape, { ...(data instanceof Float32Array ? {} : { dtype }), layout })]
  })
  const outputs = await model.run(Object.fromEntries(given))
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  )
}
