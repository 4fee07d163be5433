import t from 'tap'
import { Tensor } from 'twinfer'
import { type IsolatingTracer, openTracer } from 'twinfer/compare'
import { engines, network } from './helpers/networks.js'

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
