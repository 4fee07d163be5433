import { createHash } from 'node:crypto'
import { formatShape } from '../../format/numbers.js'
import type { Pixels } from '../../preprocess/Preprocessing.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { elementsOf } from '../../tensor/elementsOf.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import { readNpz } from '../../tensor/npz/Npz.js'
import { Tensor } from '../../tensor/Tensor.js'
import { dataError, type EvalSet, type Label, type SampleContent } from './EvalSet.js'

/** A set from arrays, whose first dimension counts the samples. */
export async function arraySet(path: string, labels: string | undefined): Promise<EvalSet> {
  const arrays = await readArrays(path, labels)
  const digest = createHash('sha256')
  for (const [name, { data, shape }] of arrays) {
    digest.update(`${name}${formatShape(shape)}`)
    digest.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  const { labels: given, images, ...inputs } = Object.fromEntries(arrays)
  const count = countOf(path, arrays)
  const contentOf = images === undefined ? inputsAt(path, inputs) : imageAt(path, images, inputs)
  const labelOf = labelAt(path, given)
  return {
    path,
    kind: 'arrays',
    samples: Array.from({ length: count }, (_, place) => ({
      name: `sample ${place}`,
      read: async () => contentOf(place),
      label: async () => labelOf(place),
    })),
    digest: digest.digest('hex'),
    notes: [],
  }
}

async function readArrays(path: string, labels: string | undefined): Promise<ReadonlyMap<string, Tensor>> {
  if (/\.npz$/i.test(path)) return readNpz(path)
  const arrays = new Map([['inputs', await readNpy(path)]])
  if (labels !== undefined) arrays.set('labels', await readNpy(labels))
  return arrays
}

function countOf(path: string, arrays: ReadonlyMap<string, Tensor>): number {
  const entries = [...arrays]
    .filter(([name]) => name !== 'labels')
    .concat([...arrays].filter(([name]) => name === 'labels'))
  const [first] = entries
  if (first === undefined || first[0] === 'labels') {
    throw dataError(
      `${path}: expected the array inputs or images, received ${[...arrays.keys()].join(', ') || 'none'}`,
    )
  }
  const count = first[1].shape[0]
  const uneven = entries.find(([, { shape }]) => shape[0] !== count)
  if (count !== undefined && uneven === undefined) return count
  const [name, { shape }] = uneven ?? first
  throw dataError(
    `${path}: ${name}: expected ${count ?? 'some'} samples in the first dimension, as ${first[0]} has, received shape ${formatShape(shape)}`,
  )
}

function inputsAt(_path: string, inputs: Readonly<Record<string, Tensor>>): (place: number) => SampleContent {
  const named = Object.entries(inputs).map(
    ([name, tensor]) => [name === 'inputs' ? '' : name, tensor] as const,
  )
  return (place) => ({
    inputs: Object.fromEntries(named.map(([name, tensor]) => [name, rowOf(tensor, place)])),
  })
}

/** One sample, with a batch of one before it. */
function rowOf({ data, shape, dtype }: Tensor, place: number): Tensor {
  const rest = shape.slice(1)
  const length = elementsOf(rest)
  return new Tensor(data.slice(place * length, (place + 1) * length), [1, ...rest], { dtype })
}

/** Bytes as [samples, height, width] or with channels behind: what the sidecar makes an input of. */
function imageAt(
  path: string,
  { data, shape, dtype }: Tensor,
  others: Readonly<Record<string, Tensor>>,
): (place: number) => SampleContent {
  const [, height = 0, width = 0, channels = 1] = shape
  const isPicture =
    dtype === 'uint8' && (shape.length === 3 || shape.length === 4) && channels >= 1 && channels <= 4
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw dataError(`${path}: expected images or other inputs, received images and ${other}`)
  if (!isPicture) {
    throw dataError(
      `${path}: images: expected uint8 as [samples, height, width] or [samples, height, width, channels], received ${dtype} ${formatShape(shape)}`,
      { help: 'What is an input already is to be called inputs.' },
    )
  }
  const size = height * width * channels
  return (place) => {
    const bytes = (data as Uint8Array).subarray(place * size, (place + 1) * size)
    return { source: { data: bytes, width, height, channels: channels as Pixels['channels'] } }
  }
}

function labelAt(path: string, labels: Tensor | undefined): (place: number) => Label {
  if (labels === undefined) return () => undefined
  const values = float32Values(labels)
  const rest = labels.shape.slice(1).filter((size, axis, all) => size !== 1 || all.length - axis <= 2)
  if (!values.every((value) => Number.isInteger(value) && value >= 0)) {
    throw dataError(
      `${path}: labels: expected numbers of classes, received ${labels.dtype} values that are none`,
    )
  }
  const length = elementsOf(labels.shape.slice(1))
  if (length === 1) return (place) => values[place]!
  return (place) => new Tensor(values.slice(place * length, (place + 1) * length), rest)
}
