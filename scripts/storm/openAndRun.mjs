// Opens and runs the mutated model that the parent asks for: { file, input }, where `input` is the .npy of the model it was.
import { open, readNpy, Tensor, TwinferError } from 'twinfer'
import { answerRequests } from '../../bench/lib/answerRequests.mjs'
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

await answerRequests(async ({ file, input }, say) => {
  forgetPeak()
  const { kind, code, message } = await tryOnce(file, input, say)
  return { kind, code, message, ...memory() }
})

async function tryOnce(file, input, say) {
  let model
  try {
    say({ step: 'open' })
    model = await open(file, { ...(precision && { precision }), ...(threads && { threads }) })
    say({ step: 'run' })
    await run(model, input)
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
