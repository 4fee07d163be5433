import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { TwinferError } from '../../dist/index.js'
import { parseOnnx } from '../../dist/onnx/graph/parseOnnx.js'
import { readOnnxGraph } from '../../dist/onnx/graph/readOnnxFile.js'
import { fixture } from '../helpers/fixtures.js'
import { onnxFile, type TensorFields } from '../helpers/onnxFile.js'
import { seededRandom } from '../helpers/seededRandom.js'

const refused = (code: string, message: RegExp) => ({ name: 'TwinferError', code, message })
const dataOf = (tensor: Omit<TensorFields, 'name'>) =>
  parseOnnx(onnxFile([{ name: 'w', ...tensor }]), 'm.onnx')
    .initializers.get('w')!
    .data()

t.test('a real file: nodes, weights, inputs, outputs, versions', async (t) => {
  const graph = await readOnnxGraph(fixture('digits8-cnn/model.onnx'))
  t.strictSame(graph.inputs, [{ name: 'image', shape: [1, 1, 8, 8], dtype: 'float32' }])
  t.strictSame(graph.outputs, [{ name: 'logits', shape: [1, 10], dtype: 'float32' }])
  t.equal(graph.opsets[''], 13)
  t.match(graph.producer, /^pytorch /)
  const conv = graph.nodes.find(({ opType }) => opType === 'Conv')!
  t.strictSame(conv.attributes.kernel_shape, [3, 3])
  const weight = graph.initializers.get(conv.inputs[1]!)!
  t.equal(
    weight.data().length,
    weight.shape.reduce((a, b) => a * b),
  )
})

t.test('nothing is found by the name of a prototype', async (t) => {
  const bytes = await readFile(fixture('digits8-cnn/model.onnx'))
  // Of one length, so that the file stays as it is otherwise.
  const renamed = Buffer.from(bytes.toString('latin1').replaceAll('kernel_shape', 'isPrototypeO'), 'latin1')
  const { nodes, opsets } = parseOnnx(renamed, 'm.onnx')
  const { attributes } = nodes.find(({ opType }) => opType === 'Conv')!
  t.strictSame(attributes.isPrototypeO, [3, 3])
  for (const found of [attributes, opsets])
    for (const name of ['constructor', 'toString', '__proto__']) t.equal(found[name], undefined, name)
})

t.test('values are decoded from raw bytes and from each typed field', (t) => {
  const raw = new Uint8Array(Float32Array.of(1.5, -2).buffer)
  t.strictSame(dataOf({ dims: [2], type: 1, raw }), Float32Array.of(1.5, -2))
  t.strictSame(dataOf({ dims: [2], type: 1, floats: [1.5, -2] }), Float32Array.of(1.5, -2))
  t.strictSame(dataOf({ dims: [1], type: 11, doubles: [0.1] }), Float64Array.of(0.1))
  t.strictSame(dataOf({ dims: [2], type: 10, int32s: [0x3c00, 0xbc00] }), Uint16Array.of(0x3c00, 0xbc00))
  t.strictSame(dataOf({ dims: [1], type: 16, int32s: [0x3f80] }), Uint16Array.of(0x3f80))
  t.strictSame(dataOf({ dims: [2], type: 3, int32s: [-1, 127] }), Int8Array.of(-1, 127))
  t.strictSame(dataOf({ dims: [2], type: 9, int32s: [1, 0] }), Uint8Array.of(1, 0))
  t.strictSame(dataOf({ dims: [1], type: 12, uint64s: [2 ** 32 - 1] }), Uint32Array.of(2 ** 32 - 1))
  t.strictSame(dataOf({ dims: [2], type: 7, int64s: [-5, 2 ** 40] }), BigInt64Array.of(-5n, 2n ** 40n))
  const largest = new Uint8Array(BigInt64Array.of(2n ** 63n - 1n).buffer)
  t.strictSame(dataOf({ dims: [1], type: 7, raw: largest }), BigInt64Array.of(2n ** 63n - 1n))
  t.strictSame(dataOf({ dims: [0], type: 1 }), new Float32Array())
  t.end()
})

t.test('a shape that the data do not fill is refused, before anything is allocated for it', (t) => {
  const invalid = refused('TWINFER_MODEL_INVALID', /'w' \[2\]: expected 8 bytes, received 4/)
  t.throws(() => dataOf({ dims: [2], type: 1, floats: [1] }), invalid)
  t.throws(
    () => dataOf({ dims: [2 ** 40], type: 6, int32s: [1] }),
    refused('TWINFER_MODEL_INVALID', /at most 1/),
  )
  t.throws(
    () => dataOf({ dims: [-1], type: 1 }),
    refused('TWINFER_MODEL_INVALID', /expected sizes from 0 up/),
  )
  t.throws(() => dataOf({ dims: [1], type: 8 }), refused('TWINFER_MODEL_UNSUPPORTED', /element type 8/))
  t.end()
})

t.test('external data are read from the folder of the model, and from nowhere else', async (t) => {
  const folder = t.testdir({ 'secret.bin': '12345678' })
  const model = join(folder, 'model')
  await mkdir(model)
  await writeFile(join(model, 'w.bin'), new Uint8Array(Float32Array.of(7, 8, 9).buffer))
  await symlink(join(folder, 'secret.bin'), join(model, 'link.bin'))
  const read = async (external: Record<string, string>) => {
    const path = join(model, 'm.onnx')
    await writeFile(path, onnxFile([{ name: 'w', dims: [2], type: 1, external }]))
    return (await readOnnxGraph(path)).initializers.get('w')!.data()
  }
  t.strictSame(await read({ location: 'w.bin', offset: '4', length: '8' }), Float32Array.of(8, 9))
  t.strictSame(await read({ location: 'w.bin' }), Float32Array.of(7, 8))
  for (const location of ['../secret.bin', join(folder, 'secret.bin'), 'link.bin', '']) {
    await t.rejects(
      read({ location }),
      refused('TWINFER_MODEL_INVALID', /expected a file in the model's folder/),
    )
  }
  await t.rejects(
    read({ location: 'none.bin' }),
    refused('TWINFER_FILE_NOT_FOUND', /no such file 'none\.bin'/),
  )
  await t.rejects(
    read({ location: 'w.bin', offset: '8' }),
    refused('TWINFER_MODEL_TRUNCATED', /expected 8 bytes at 8 of .*, which has 12/),
  )
})

t.test('what is no ONNX model is named', async (t) => {
  const folder = t.testdir({ 'a.onnx': '<html>404</html>', 'b.onnx': '' })
  await t.rejects(readOnnxGraph(join(folder, 'a.onnx')), refused('TWINFER_MODEL_INVALID', /a web page/))
  await t.rejects(readOnnxGraph(join(folder, 'b.onnx')), refused('TWINFER_MODEL_INVALID', /an empty file/))
  await t.rejects(readOnnxGraph(join(folder, 'c.onnx')), { code: 'TWINFER_FILE_NOT_FOUND' })
})

t.test('a damaged or cut file gives a typed error or a graph, and nothing else', async (t) => {
  const whole = await readFile(fixture('digits8-cnn/model.onnx'))
  const random = seededRandom(4)
  let refusals = 0
  for (let round = 0; round < 1500; round++) {
    const bytes = Uint8Array.from(whole.subarray(0, round % 3 ? whole.length : random() * whole.length))
    // Lengths and tags are rare in a file that is mostly weights: aim at where the nodes are, too.
    for (let i = 0; i < 4; i++) bytes[Math.floor(random() * (i % 2 ? 2500 : bytes.length))] = random() * 256
    try {
      for (const tensor of parseOnnx(bytes, 'm.onnx').initializers.values()) tensor.data()
    } catch (error) {
      if (!(error instanceof TwinferError)) throw error
      refusals++
    }
  }
  t.ok(refusals > 500, `${refusals} refusals`)
})
