import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import { openOnnx } from '../../dist/onnx/OnnxModel.js'
import type { OnnxRuntimeName } from '../../dist/onnx/OnnxRuntime.js'
import { loadRuntime } from '../../dist/onnx/runtime/loadRuntime.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { OnnxTracer } from '../../dist/trace/OnnxTracer.js'
import { fixture } from '../helpers/fixtures.js'
import { onnxGraphFile } from '../helpers/onnxGraphFile.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 120_000)

const digits = (file: string) => fixture(`digits8-cnn/${file}`)
const thrown = (code: string, message: RegExp) => ({ name: 'TwinferError', code, message })
const floats = (shape: readonly number[], ...values: number[]) => new Tensor(Float32Array.from(values), shape)

for (const runtime of ['node', 'web'] satisfies OnnxRuntimeName[]) {
  const skip = missingRuntime(runtime)
  t.test(`onnxruntime-${runtime}`, { skip }, async (t) => {
    t.test('gives what was recorded, and says what ran', async (t) => {
      const model = await openOnnx(digits('model.onnx'), { runtime })
      t.strictSame(model.inputs, [{ name: 'image', shape: [1, 1, 8, 8], dtype: 'float32', layout: 'NCHW' }])
      const { logits } = await model.run({ image: await readNpy(digits('input.npy')) })
      const { sqnrDb } = compareTensors(await readNpy(digits('expected.npy')), logits!)
      t.ok(sqnrDb! > 110, `${sqnrDb} dB`)
      t.match(model.effective, {
        backend: `onnxruntime-${runtime}`,
        precision: 'fp32',
        threads: 1,
        notes: [],
      })
      t.match(model.effective.engineVersion, /^\d+\.\d+/)
      await model.dispose()
    })

    t.test('a precision changes nothing, which is said; what cannot be is refused', async (t) => {
      for (const [precision, notes] of [
        ['fp32', []],
        ['fp16', ['precision: fp16 was asked for, and onnxruntime runs an .onnx as it is stored, in fp32']],
      ] as const) {
        const model = await openOnnx(digits('model.onnx'), { runtime, precision })
        t.same(model.effective.notes, notes)
        await model.dispose()
      }
      const refused: [object, RegExp][] = [
        [{ precision: 'fp8' }, /expected precision default, fp32, .* received "fp8"/],
        [{ threads: -3 }, /expected threads from 1 to 256, received -3/],
        [{ runtime: 'deno' }, /expected runtime 'node' or 'web', received "deno"/],
      ]
      for (const [options, message] of refused)
        await t.rejects(openOnnx(digits('model.onnx'), options), thrown('TWINFER_INVALID_OPTION', message))
    })

    t.test('several inputs and outputs, int64 and open dimensions', async (t) => {
      const file = join(t.testdir(), 'model.onnx')
      await writeFile(
        file,
        onnxGraphFile({
          nodes: [
            ['Add', ['x', 'y'], ['sum']],
            ['Shape', ['sum'], ['shape']],
            ['Add', ['n', 'n'], ['twice']],
          ],
          inputs: [
            ['x', 'float32', ['batch', 2]],
            ['y', 'float32', ['batch', 2]],
            ['n', 'int64', [1]],
          ],
          outputs: ['sum', 'shape', 'twice'],
        }),
      )
      const model = await openOnnx(file, { runtime })
      t.same(model.inputs[0]?.shape, [-1, 2])
      const n = new Tensor(BigInt64Array.of(21n), [1])
      const inputs = { x: floats([1, 2], 1, 2), y: floats([1, 2], 10, 20), n }
      const { sum, shape, twice } = await model.run(inputs)
      t.same([...sum!.data], [11, 22])
      t.same([shape!.dtype, ...shape!.data], ['int64', 1n, 2n])
      t.same([...twice!.data], [42n])
      t.same(Object.keys(await model.run(inputs, { outputs: ['twice'] })), ['twice'])
      await t.rejects(
        model.run(inputs, { outputs: ['sun'] }),
        thrown('TWINFER_UNKNOWN_OUTPUT', /sum, shape, twice/),
      )
      await model.dispose()
    })

    t.test('tensors between the nodes are outputs on demand', async (t) => {
      const model = await openOnnx(digits('model.onnx'), { runtime })
      const tracer = await OnnxTracer.open(digits('model.onnx'), { runtime })
      const image = await readNpy(digits('input.npy'))
      const blobs = new Map<string, Tensor>()
      await tracer.trace({ image }, ({ blob }, tensor) => blobs.set(blob, tensor))
      t.ok(blobs.size > 3)
      const [output] = model.outputs
      for (let time = 0; time < 2; time++) {
        const all = await model.run({ image }, { outputs: [...blobs.keys()].reverse() })
        for (const [blob, { data, shape }] of blobs) {
          t.same(all[blob]!.data, data)
          t.same(all[blob]!.shape, shape)
        }
        t.same(Object.keys(await model.run({ image })), [output!.name])
      }
      const blob = [...blobs.keys()][0]!
      await t.rejects(model.run({ image }, { outputs: [`${blob}x`] }), {
        code: 'TWINFER_UNKNOWN_OUTPUT',
        help: new RegExp(blob),
      })
      await model.dispose()
    })

    t.test('inputs are checked before onnxruntime sees them', async (t) => {
      const model = await openOnnx(digits('model.onnx'), { runtime })
      const image = Tensor.zeros([1, 1, 8, 8])
      const cases: [inputs: Record<string, Tensor>, code: string, message: RegExp][] = [
        [{}, 'TWINFER_MISSING_INPUT', /'image'/],
        [{ image, imgae: image }, 'TWINFER_UNKNOWN_INPUT', /\(image\), received 'imgae'/],
        [
          { image: Tensor.zeros([1, 8, 8]) },
          'TWINFER_SHAPE_MISMATCH',
          /\[1, 1, 8, 8\], received \[1, 8, 8\]/,
        ],
        [
          { image: Tensor.zeros([1, 1, 8, 8], 'int32') },
          'TWINFER_DTYPE_MISMATCH',
          /expected float32, received int32/,
        ],
        [{ image: Tensor.zeros([1, 1, 8, 8], 'float32', 'NHWC') }, 'TWINFER_LAYOUT_MISMATCH', /NCHW/],
      ]
      for (const [inputs, code, message] of cases) await t.rejects(model.run(inputs), thrown(code, message))
      await model.dispose()
    })

    t.test('weights in a file of their own', async (t) => {
      const folder = t.testdir()
      const file = join(folder, 'model.onnx')
      await writeFile(join(folder, 'weights.bin'), Float32Array.of(5, 6))
      const graph = {
        nodes: [['Add', ['x', 'w'], ['y']]] as const,
        inputs: [['x', 'float32', [2]]] as const,
        outputs: ['y'],
        external: [['w', [2], 'weights.bin']] as const,
      }
      await writeFile(file, onnxGraphFile(graph))
      const model = await openOnnx(file, { runtime })
      const { y } = await model.run({ x: floats([2], 1, 1) })
      t.same([...y!.data], [6, 7])
      await model.dispose()
    })

    t.test('a damaged file is refused with its path', async (t) => {
      const bytes = await readFile(digits('model.onnx'))
      const dir = t.testdir()
      await mkdir(dir, { recursive: true })
      const write = async (name: string, content: Uint8Array | string) => {
        await writeFile(join(dir, name), content)
        return join(dir, name)
      }
      await t.rejects(openOnnx(join(dir, 'none.onnx'), { runtime }), thrown('TWINFER_FILE_NOT_FOUND', /none/))
      await t.rejects(
        openOnnx(await write('cut.onnx', bytes.subarray(0, 9000)), { runtime }),
        thrown('TWINFER_MODEL_TRUNCATED', /cut\.onnx/),
      )
      await t.rejects(
        openOnnx(await write('text.onnx', 'version https://git-lfs.github.com/spec/v1\n'), { runtime }),
        thrown('TWINFER_MODEL_INVALID', /text\.onnx/),
      )
      const unknown = onnxGraphFile({
        nodes: [['NoSuchOp', ['x'], ['y']]],
        inputs: [['x', 'float32', [2]]],
        outputs: ['y'],
      })
      await t.rejects(
        openOnnx(await write('op.onnx', unknown), { runtime }),
        thrown('TWINFER_MODEL_INVALID', /cannot load .*op\.onnx.*NoSuchOp/s),
      )
    })
  })
}

t.test(
  'a runtime that is not installed or does not load is passed over, and the last word is how to get one',
  async (t) => {
    const absent = { name: 'onnxruntime-absent', runtime: 'node', provider: 'cpu' } as const
    await t.rejects(loadRuntime('m.onnx', undefined, [absent]), {
      code: 'TWINFER_MISSING_DEPENDENCY',
      message: 'm.onnx needs onnxruntime: onnxruntime-absent is not installed',
      help: /ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node.*npm i onnxruntime-web/,
    })
    const dir = t.testdir({
      node_modules: { 'onnxruntime-broken': { 'index.js': 'throw new Error("no binary for armv7")' } },
    })
    const cwd = process.cwd()
    t.teardown(() => process.chdir(cwd))
    process.chdir(dir)
    const broken = { ...absent, name: 'onnxruntime-broken' }
    const web = { name: 'onnxruntime-web', runtime: 'web', provider: 'wasm' } as const
    const loaded = await loadRuntime('m.onnx', undefined, [broken, web])
    t.equal(loaded.package.name, 'onnxruntime-web')
    t.match(loaded.notes, [/onnxruntime-broken does not load: no binary for armv7/])
  },
)
