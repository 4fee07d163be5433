import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { planFetches } from '../../dist/onnx/runSession.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { OnnxTracer } from '../../dist/trace/OnnxTracer.js'
import { fixture } from '../helpers/fixtures.js'
import { onnxGraphFile } from '../helpers/onnxGraphFile.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 120_000)

const info = (name: string, type: string, shape: readonly (number | string)[], isTensor = true) => ({
  name,
  type,
  shape,
  isTensor,
})

for (const runtime of ['node', 'web'] as const) {
  t.test(`onnxruntime-${runtime}`, { skip: missingRuntime(runtime) }, async (t) => {
    t.test('every tensor is shown in order, the last is the output', async (t) => {
      const tracer = await OnnxTracer.open(fixture('digits8-cnn/model.onnx'), { runtime })
      const seen: string[] = []
      let last = new Tensor(new Float32Array(1), [1])
      await tracer.trace({ image: await readNpy(fixture('digits8-cnn/input.npy')) }, (layer, tensor) => {
        t.equal(layer.index, seen.length)
        t.equal(layer.ms, null)
        t.same(tensor.shape, layer.shape)
        seen.push(layer.blob)
        last = tensor
      })
      t.same(
        seen,
        tracer.steps.flatMap(({ outputs }) => outputs),
      )
      t.equal(seen.at(-1), 'logits')
      const expected = await readNpy(fixture('digits8-cnn/expected.npy'))
      t.ok(last.data.every((value, i) => Math.abs(Number(value) - Number(expected.data[i])) < 1e-4))
      await tracer.dispose()
    })

    t.test(
      'tensors that are no floating-point numbers are left out, dimensions with a name are known',
      async (t) => {
        const file = join(t.testdir(), 'model.onnx')
        const model = onnxGraphFile({
          nodes: [
            ['Relu', ['x'], ['a']],
            ['Shape', ['a'], ['s']],
            ['Reshape', ['a', 's'], ['b']],
          ],
          inputs: [['x', 'float32', ['batch', 2]]],
          outputs: ['b'],
        })
        await writeFile(file, model)
        const tracer = await OnnxTracer.open(file, { runtime })
        t.same(
          tracer.steps.map(({ type, inputs }) => [type, ...inputs]),
          [
            ['Relu', 'x'],
            ['Shape', 'a'],
            ['Reshape', 'a', 's'],
          ],
        )
        const seen: unknown[] = []
        await tracer.trace(
          { x: new Tensor(Float32Array.of(-1, 2, 3, -4), [2, 2]) },
          ({ blob }, { data, shape }) => {
            seen.push([blob, ...shape, ...data])
          },
        )
        t.same(seen, [
          ['a', 2, 2, 0, 2, 3, 0],
          ['b', 2, 2, 0, 2, 3, 0],
        ])
      },
    )
  })
}

t.test('a run fetches as much as the budget holds, in order', async (t) => {
  const metadata = [
    info('a', 'float32', [2, 2]),
    info('n', 'int64', [2]),
    info('b', 'float32', [4]),
    info('huge', 'float32', [100]),
    info('list', 'float32', [], false),
    info('half', 'float16', [8]),
  ]
  const names = metadata.map(({ name }) => name)
  t.same(planFetches(names, metadata, 32), [['a', 'b'], ['huge'], ['half']])
  t.same(planFetches(names, metadata), [['a', 'b', 'huge', 'half']])
})

t.test('an unknown size counts as the largest that is known, within a sixteenth of the budget', async (t) => {
  const open = [info('a', 'float32', ['n']), info('b', 'float32', [2 ** 32 - 1]), info('c', 'float32', [])]
  const metadata = [...open, info('d', 'float32', [8])]
  const names = metadata.map(({ name }) => name)
  t.same(planFetches(names, metadata, 64 * 16).length, 1)
  t.same(planFetches(names, metadata, 64), [['a', 'b', 'c', 'd']], 'three of 4 bytes, one of 32')
  t.same(planFetches([], []), [])
})
