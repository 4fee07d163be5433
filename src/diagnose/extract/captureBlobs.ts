import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { engineFiles } from '../../model/engineFiles.js'
import { nameInputs } from '../../model/nameInputs.js'
import type { OpenOptions, TensorInfo } from '../../model/options.js'
import { runnerOptions } from '../../model/runnerOptions.js'
import type { NativeHostTensor } from '../../native/NativeMnn.js'
import { native } from '../../native/native.js'
import type { Layout } from '../../tensor/DType.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import { mnnInputs } from '../../trace/MnnTracer.js'

/** What a run of the whole network made of a blob. */
export interface CapturedBlob {
  /** In the engine's dimensions. */
  readonly tensor: Tensor
  /** How the engine holds it. */
  readonly format: Layout | 'NC4HW4'
}

export interface Captured {
  /** What the network was given, under its own names. */
  readonly feeds: NamedTensors
  readonly blobs: ReadonlyMap<string, CapturedBlob>
}

type CaptureOptions = Pick<OpenOptions, 'threads' | 'inputShapes'>

/**
 * Runs a network in fp32 on the CPU and keeps some of its blobs.
 *
 * @param feedsFor what the network is given, asked for once its inputs are known.
 * @throws TwinferError what `open()` and `run()` throw; TWINFER_SHAPE_MISMATCH for a batch, which ncnn has none of.
 */
export async function captureBlobs(
  file: ModelFile,
  names: readonly string[],
  options: CaptureOptions,
  feedsFor: (infos: readonly TensorInfo[]) => NamedTensors | Promise<NamedTensors>,
): Promise<Captured> {
  return (file.engine === 'ncnn' ? captureNcnn : captureMnn)(file, names, options, feedsFor)
}

const captureNcnn: typeof captureBlobs = async (file, names, options, feedsFor) => {
  const net = new (native().ncnn.Net)()
  try {
    const files = await engineFiles(file, {})
    net.configure(runnerOptions({ ...options, precision: 'fp32' }))
    net.loadParam(files.model)
    net.loadModel(files.weights!)
    const feeds = nameInputs(net.inputs, await feedsFor(net.inputs))
    const ordered = net.inputs.map(({ name }) => feeds[name]!)
    const { items, dimensions } = net.readInputs(ordered)
    if (items > 1) {
      throw new TwinferError('TWINFER_SHAPE_MISMATCH', `expected one input, received a batch of ${items}`, {
        help: 'ncnn runs the items of a batch one by one: give one of them.',
      })
    }
    const extractor = net.createExtractor()
    for (const [i, { name }] of net.inputs.entries()) {
      const { data } = ordered[i]!
      extractor.input(name, native().ncnn.Mat.from(data as Float32Array, dimensions[i]!))
    }
    const blobs = new Map(
      names.map((name) => [name, { tensor: tensorOf(extractor.read(name)), format: 'NCHW' as const }]),
    )
    extractor.clear()
    return { feeds, blobs }
  } finally {
    net.clear()
  }
}

const captureMnn: typeof captureBlobs = async (file, names, options, feedsFor) => {
  const { inputs } = await file.summary()
  const own = new Set(inputs.map(({ name }) => name))
  const interpreter = new (native().mnn.Interpreter)(file.model)
  // As `open()` would have it: MNN chooses algorithms by the number of threads.
  const session = interpreter.createSessionFor(
    runnerOptions({ ...options, precision: 'fp32' }),
    names.filter((name) => !own.has(name)),
  )
  try {
    const infos = mnnInputs(session)
    const feeds = nameInputs(infos, await feedsFor(infos))
    const tensors = session.inputNames.map((name) => session.input(name))
    for (const tensor of tensors) session.resizeTensor(tensor, feeds[tensor.name]!.shape)
    session.resize()
    for (const tensor of tensors) {
      const { data, shape } = feeds[tensor.name]!
      tensor.copyFromHost(data, shape)
    }
    session.run()
    const blobs = new Map(
      names.map((name) => {
        const tensor = own.has(name) ? session.input(name) : session.output(name)
        const read = own.has(name) ? feeds[name]! : tensorOf(tensor.copyToHost())
        return [name, { tensor: read, format: tensor.format }] as const
      }),
    )
    return { feeds, blobs }
  } finally {
    session.release()
  }
}

/** With memory of its own: the engine uses its again. */
function tensorOf({ data, shape, dtype, layout }: NativeHostTensor): Tensor {
  return new Tensor(data.slice(), shape, { dtype, layout })
}
