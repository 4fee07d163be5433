import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TwinferError } from '../errors/TwinferError.js'
import { suggest } from '../errors/words.js'
import type { OpenOptions } from './options.js'

interface ModelFiles {
  readonly engine: 'ncnn' | 'mnn'
  readonly model: string | Uint8Array
  readonly weights: string | Uint8Array | undefined
}

/** Which engine a model is for and which files it is made of. Throws a TwinferError that says what to give instead. */
export async function modelFiles(
  model: string | URL | Uint8Array,
  { engine, weights }: OpenOptions,
): Promise<ModelFiles> {
  const file = pathOf(model)
  const chosen = engine ?? (typeof file === 'string' ? engineByName(file) : engineByContent(file))
  if (typeof file === 'string') await requireFile(file)
  if (chosen === 'mnn') return { engine: chosen, model: file, weights: undefined }
  if (weights !== undefined) return { engine: chosen, model: file, weights: pathOf(weights) }
  if (typeof file === 'string') return { engine: chosen, model: file, weights: weightsBeside(file) }
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    "expected the option 'weights' with the content of the .bin, received none",
  )
}

/** The `.bin` of a `.param`: `net.param` → `net.bin`, `net.ncnn.param` → `net.ncnn.bin`. */
export function weightsBeside(param: string): string {
  const weights = `${param.replace(/\.param(\.bin)?$/i, '')}.bin`
  if (existsSync(weights)) return weights
  throw new TwinferError(
    'TWINFER_FILE_NOT_FOUND',
    `expected the weights of ${param} at ${weights}, received nothing there`,
    {
      help: 'ncnn needs two files: put the .bin beside its .param under the same name, or name it with the option weights.',
    },
  )
}

function pathOf(file: string | URL | Uint8Array): string | Uint8Array {
  if (file instanceof URL) return fileURLToPath(file)
  if (typeof file === 'string' || file instanceof Uint8Array) return file
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected a path, a file URL or a Uint8Array as model, received ${file === null ? 'null' : typeof file}`,
  )
}

function engineByName(file: string): 'ncnn' | 'mnn' {
  if (/\.mnn$/i.test(file)) return 'mnn'
  if (/\.param(\.bin)?$/i.test(file)) return 'ncnn'
  const help = file.endsWith('.bin')
    ? `Give the network instead: ${file.replace(/\.bin$/, '.param')}.`
    : file.endsWith('.onnx')
      ? 'ONNX runs through onnxruntime-node: use it as the reference of `twinfer compare`.'
      : "Give a .param or an .mnn, or say which it is with the option engine: 'ncnn' or 'mnn'."
  throw new TwinferError('TWINFER_MODEL_UNSUPPORTED', `expected a .param or an .mnn, received ${file}`, {
    help,
  })
}

const NCNN_MAGIC = '7767517'

function engineByContent(content: Uint8Array): 'ncnn' | 'mnn' {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 8))
  if (start.toString('latin1').startsWith(NCNN_MAGIC)) return 'ncnn'
  return start.length >= 4 && start.readInt32LE(0) === Number(NCNN_MAGIC) ? 'ncnn' : 'mnn'
}

async function requireFile(file: string): Promise<void> {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile()) return
  if (found !== undefined) {
    const kind = found.isDirectory() ? 'a folder' : 'something that is not a file'
    throw new TwinferError('TWINFER_FILE_UNREADABLE', `expected a model file at ${file}, received ${kind}`)
  }
  const siblings = await readdir(dirname(file)).catch(() => [])
  throw new TwinferError(
    'TWINFER_FILE_NOT_FOUND',
    `expected a model file at ${file}, received nothing there`,
    {
      help: suggest(basename(file), siblings),
    },
  )
}
