import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import type { FileOrBytes, ModelFile } from '../../file/ModelFile.js'
import { sizeOf } from '../../file/ModelFile.js'
import { sniffContent } from '../../file/sniffContent.js'
import type { NativePiece } from '../../native/NativePiece.js'
import { native } from '../../native/native.js'
import type { CapturedBlob } from './captureBlobs.js'
import type { Piece } from './choosePiece.js'

/** The files of a piece, as they were written. */
export interface PieceFiles {
  /** Name of the model. */
  readonly model: string
  /** Name of its file of weights; undefined where it has none. */
  readonly weights: string | undefined
  /** The blobs that are inputs of the piece. */
  readonly inputs: readonly string[]
  /** Those that are constants of it instead: their values decide shapes, which MNN has to know before it runs, or there are none. */
  readonly fixed: readonly string[]
}

/**
 * Cuts a piece out of the files of a network and writes it into a folder.
 *
 * @throws TwinferError TWINFER_SHAPE_MISMATCH where an input would have no elements, and what `cut` throws of the engine's side (cpp/format/ncnn/cut_network.h, cpp/mnn/model_piece.h).
 */
export async function writePiece(
  file: ModelFile,
  piece: Piece,
  blobs: ReadonlyMap<string, CapturedBlob>,
  folder: string,
): Promise<PieceFiles> {
  const written = await (file.engine === 'ncnn' ? writeNcnn : writeMnn)(file, piece, blobs, folder)
  const empty = written.inputs.find((name) => blobs.get(name)!.tensor.length === 0)
  if (empty === undefined) return written
  throw new TwinferError('TWINFER_SHAPE_MISMATCH', `blob '${empty}': expected elements, received none`, {
    help: 'Give an input in which the network finds something.',
  })
}

async function writeNcnn(
  file: ModelFile,
  { layers, enters }: Piece,
  blobs: ReadonlyMap<string, CapturedBlob>,
  folder: string,
): Promise<PieceFiles> {
  const param = await file.content()
  const weights = await file.requireWeights()
  const entering = enters.map((name) => ({ name, shape: blobs.get(name)!.tensor.shape }))
  const size = await sizeOf(weights)
  const cut = await withReader(weights, (read) =>
    native().ncnn.cut(
      param,
      layers.map(({ index }) => index),
      entering,
      size,
      (offset) => wordAt(read, offset, size),
    ),
  )
  const isBinary = sniffContent(param.subarray(0, 4096)).kind === 'ncnn-param-bin'
  const model = isBinary ? 'piece.param.bin' : 'piece.param'
  await writeFile(join(folder, model), cut.model)
  await copyRuns(weights, cut.weights, join(folder, 'piece.bin')) // also an empty one: ncnn wants it
  return { model, weights: 'piece.bin', inputs: enters, fixed: [] }
}

async function writeMnn(
  file: ModelFile,
  { layers, enters, leaves }: Piece,
  blobs: ReadonlyMap<string, CapturedBlob>,
  folder: string,
): Promise<PieceFiles> {
  const operators = layers.map(({ index }) => index)
  const sizing = new Set(native().mnn.sizingTensors(file.model, operators))
  // MNN runs no input without elements, such as the leading sizes of a shape that has none.
  for (const name of enters) if (blobs.get(name)!.tensor.length === 0) sizing.add(name)
  const given = enters.map((name) => {
    const { tensor, format } = blobs.get(name)!
    const { shape, dtype, data } = tensor
    return { name, shape, dtype, format, ...(sizing.has(name) && { data }) }
  })
  const cut = native().mnn.cut(file.model, operators, given, leaves)
  const model = 'piece.mnn'
  await writeFile(join(folder, model), cut.model)
  const isApart = cut.weights.length > 0
  const weights = isApart ? `${model}.weight` : undefined
  if (weights) await copyRuns((await file.weights())!, cut.weights, join(folder, weights))
  return {
    model,
    weights,
    inputs: enters.filter((name) => !sizing.has(name)),
    fixed: enters.filter((name) => sizing.has(name)),
  }
}

type Read = (into: Uint8Array, offset: number) => void

async function withReader<T>(given: FileOrBytes, use: (read: Read) => T): Promise<T> {
  if (typeof given !== 'string')
    return use((into, offset) => into.set(given.subarray(offset, offset + into.length)))
  const descriptor = openSync(given, 'r')
  try {
    return use((into, offset) => void readSync(descriptor, into, 0, into.length, offset))
  } finally {
    closeSync(descriptor)
  }
}

/** The little-endian word at an offset; undefined where the file ends before it does. */
function wordAt(read: Read, offset: number, size: number): number | undefined {
  if (offset < 0 || offset + 4 > size) return undefined
  const word = Buffer.alloc(4)
  read(word, offset)
  return word.readUInt32LE()
}

const pieceBytes = 2 ** 22

/** Not in memory at once: layers may be as large as their network. */
async function copyRuns(source: FileOrBytes, runs: NativePiece['weights'], path: string): Promise<void> {
  await withReader(source, (read) => {
    const target = openSync(path, 'w')
    try {
      for (const [start, bytes] of runs) {
        for (let done = 0; done < bytes; done += pieceBytes) {
          const part = Buffer.alloc(Math.min(pieceBytes, bytes - done))
          read(part, start + done)
          writeSync(target, part)
        }
      }
    } finally {
      closeSync(target)
    }
  })
}
