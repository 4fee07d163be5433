import { join } from 'node:path'
import t from 'tap'
import { Tensor } from 'twinfer'
import { type IsolatingTracer, openTracer } from 'twinfer/compare'
import { convolutionLine, normals, writeNcnn } from '../helpers/ncnnFile.js'
import { engines, network } from '../helpers/networks.js'

const inputNames = { ncnn: 'in0', mnn: 'image' } as const

/** Every blob of a run, in order. */
async function blobsOf(tracer: IsolatingTracer, input: Tensor): Promise<Map<string, Tensor>> {
  const blobs = new Map<string, Tensor>()
  await tracer.trace({ [tracer.inputs[0]!.name]: input }, ({ blob, shape }, { data }) =>
    blobs.set(blob, new Tensor(data.slice(), shape)),
  )
  return blobs
}

for (const engine of engines) {
  t.test(`${engine}: fed with its own blobs, every layer computes what it computed`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    const tracer = await openTracer(file, { precision: 'fp32' })
    const blobs = await blobsOf(tracer, input)
    const inputs = { [inputNames[engine]]: input }
    await tracer.isolate(
      inputs,
      (blob) => blobs.get(blob),
      ({ blob }, { data }) => t.same(data, blobs.get(blob)!.data, blob),
    )
    await tracer.isolate(
      inputs,
      () => undefined,
      ({ blob }, { data }) => t.same(data, blobs.get(blob)!.data, `${blob}, fed with nothing`),
    )
    await tracer.dispose()
  })

  t.test(`${engine}: a blob that is fed reaches the layers that read it, and no others`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    const tracer = await openTracer(file, { precision: 'fp32' })
    const blobs = await blobsOf(tracer, input)
    const target = tracer.steps.flatMap(({ outputs }) => outputs).filter((blob) => blobs.has(blob))[2]!
    const readers = tracer.steps.filter(({ inputs }) => inputs.includes(target))
    const shape = blobs.get(target)!.shape
    const ones = Tensor.zeros(shape)
    ;(ones.data as Float32Array).fill(1)
    const changed: string[] = []
    await tracer.isolate(
      { [inputNames[engine]]: input },
      (blob) => (blob === target ? ones : blobs.get(blob)),
      ({ blob }, { data }) => {
        if (Buffer.compare(bytesOf(data), bytesOf(blobs.get(blob)!.data)) !== 0) changed.push(blob)
      },
    )
    t.same(
      changed,
      readers.flatMap(({ outputs }) => outputs),
    )
    await tracer.dispose()
  })

  t.test(`${engine}: a tensor of another shape is refused before the engine sees it`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    const tracer = await openTracer(file)
    const isolated = tracer.isolate(
      { [inputNames[engine]]: input },
      () => Tensor.zeros([3]),
      () => {},
    )
    await t.rejects(isolated, { code: 'TWINFER_SHAPE_MISMATCH' })
    await tracer.dispose()
  })
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

t.test('ncnn: a batch is isolated item by item, and shown stacked', async (t) => {
  const layers = [
    'Input in0 0 1 in0',
    convolutionLine('c', 'in0', 'x', 3, 4),
    'ReLU r 1 1 x y',
    'Pooling g 1 1 y out0 0=1 4=1',
  ]
  const stem = join(t.testdir(), 'net')
  writeNcnn(stem, { layers, weights: [{ kernel: normals(1, 12), bias: normals(2, 4) }] })
  const input = new Tensor(normals(3, 2 * 3 * 25), [2, 3, 5, 5])
  const tracer = await openTracer(`${stem}.param`, { precision: 'fp32', threads: 1 })
  const blobs = await blobsOf(tracer, input)
  t.same(blobs.get('y')!.shape, [2, 4, 5, 5])
  const shown = new Map<string, Float32Array>()
  await tracer.isolate(
    { in0: input },
    (blob) => blobs.get(blob),
    ({ blob, shape }, { data }) => {
      t.same(shape, blobs.get(blob)!.shape)
      shown.set(blob, data.slice() as Float32Array)
    },
  )
  for (const [blob, { data }] of blobs) t.same(shown.get(blob), data, blob)
  await tracer.dispose()
})

t.test('ncnn: indices stay integers on their way to an Embed', async (t) => {
  const table = Array.from({ length: 12 }, (_, i) => i)
  const stem = join(t.testdir(), 'net')
  const embed = (name: string, from: string, to: string) => `Embed ${name} 1 1 ${from} ${to} 0=2 1=6 2=0 3=12`
  const split = 'Split s 1 2 in0 a b'
  const layers = ['Input in0 0 1 in0', split, embed('e', 'a', 'x'), embed('f', 'b', 'y')]
  const weights = { kernel: Float32Array.from(table), bias: new Float32Array() }
  writeNcnn(stem, { layers, weights: [weights, weights] })
  const tracer = await openTracer(`${stem}.param`, { precision: 'bf16', threads: 1 })
  const ids = new Tensor(Int32Array.of(5, 0, 3), [3])
  const rows = [10, 11, 0, 1, 6, 7]
  const seen = new Map<string, number[]>()
  const note = ({ blob }: { blob: string }, { data }: Tensor) => void seen.set(blob, [...data].map(Number))
  await tracer.trace({ in0: ids }, note)
  t.same(Object.fromEntries(seen), { x: rows, y: rows })
  seen.clear()
  await tracer.isolate({ in0: ids }, () => new Tensor(Float32Array.of(5, 0, 3), [3]), note)
  t.same(seen.get('y'), rows)
  await tracer.dispose()
})
