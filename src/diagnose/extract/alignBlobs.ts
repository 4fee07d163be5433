import { compareLayers } from '../../compare/layers/compareLayers.js'
import { conformInputs } from '../../compare/outputs/pairInputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelFile } from '../../file/ModelFile.js'
import type { OpenOptions } from '../../model/options.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { LayerTracer } from '../../trace/LayerTracer.js'
import { openTracer } from '../../trace/traceLayers.js'
import { mostRunsOf } from '../model/diagnoseLayers.js'
import type { ModelReference } from '../model/ModelReference.js'
import type { CapturedBlob } from './captureBlobs.js'
import type { GraphLayer } from './choosePiece.js'

/** What a reference has for a blob of the network: its values, in the blob's shape. */
export interface AlignedBlob {
  /** The reference's name. */
  readonly name: string
  readonly tensor: Tensor
}

/**
 * Finds the reference's tensors for some blobs, as `compare --layers` does: by order, shape and value; where nothing is
 * like a blob, by its name. Blobs without a counterpart are left out.
 *
 * @throws TwinferError what the tracers throw, and TWINFER_PACK_UNSUPPORTED for a pack without layers whose model is not there.
 */
export async function alignBlobs(
  file: ModelFile,
  reference: ModelReference,
  feeds: NamedTensors,
  blobs: ReadonlyMap<string, CapturedBlob>,
  layers: readonly GraphLayer[],
  options: Pick<OpenOptions, 'threads' | 'inputShapes'>,
): Promise<ReadonlyMap<string, AlignedBlob>> {
  const original = await reference.openTracer()
  if (!original) {
    throw new TwinferError(
      'TWINFER_PACK_UNSUPPORTED',
      `${reference.name}: expected a pack with layers, or the model that it was recorded from; received neither`,
      { help: 'Record it with --layers all, or give the .onnx as the reference.' },
    )
  }
  try {
    const tracer = await openTracer(file, { ...options, precision: 'fp32' })
    try {
      const inputs = conformInputs(tracer.inputs, original.inputs, feeds).feeds
      const compared = await compareLayers(original, tracer, inputs, {
        candidateInputs: feeds,
        mostRuns: mostRunsOf(tracer.steps),
      })
      const partners = new Map(compared.layers.map(({ blob, reference: name }) => [blob, name]))
      const sources = splitSources(layers)
      const names = new Map(
        [...blobs.keys()].map((blob) => {
          const source = sources.get(blob) ?? blob
          return [blob, partners.get(source) ?? source] as const
        }),
      )
      return await readBlobs(original, inputs, blobs, names)
    } finally {
      await tracer.dispose()
    }
  } finally {
    await original.dispose()
  }
}

/** A Split's blobs are those that it splits, under other names. */
function splitSources(layers: readonly GraphLayer[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>()
  for (const { type, inputs, outputs } of layers) {
    if (type !== 'Split') continue
    const source = sources.get(inputs[0]!) ?? inputs[0]!
    for (const blob of outputs) sources.set(blob, source)
  }
  return sources
}

async function readBlobs(
  original: LayerTracer,
  inputs: NamedTensors,
  blobs: ReadonlyMap<string, CapturedBlob>,
  names: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, AlignedBlob>> {
  const found = new Map<string, AlignedBlob>()
  await original.trace(inputs, ({ blob: name }, { data, length }) => {
    for (const [blob, { tensor }] of blobs) {
      if (names.get(blob) !== name || tensor.length !== length || tensor.dtype !== 'float32') continue
      found.set(blob, { name, tensor: new Tensor(data, tensor.shape, { layout: tensor.layout }) })
    }
  })
  return found
}
