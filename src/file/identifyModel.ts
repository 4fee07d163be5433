import { stat } from 'node:fs/promises'
import { TwinferError } from '../errors/TwinferError.js'
import { readStart, requireFile } from './requireFile.js'
import { sniffContent } from './sniffContent.js'

export type ModelEngine = 'ncnn' | 'mnn' | 'onnx'

const byExtension: readonly (readonly [string, ModelEngine])[] = [
  ['.param', 'ncnn'],
  ['.param.bin', 'ncnn'],
  ['.mnn', 'mnn'],
  ['.onnx', 'onnx'],
]

/**
 * Which engine reads this file: the one that is given, else by its extension, else by its content.
 *
 * Throws TWINFER_FILE_NOT_FOUND (naming the nearest file), or TWINFER_MODEL_INVALID for a folder, for ncnn
 * weights given in place of their .param, and for anything that is not a model.
 */
export async function identifyModel(path: string, given?: ModelEngine): Promise<ModelEngine> {
  await requireFile(path, 'model')
  if (given !== undefined) return given
  const lower = path.toLowerCase()
  const known = byExtension.find(([extension]) => lower.endsWith(extension))
  if (known) return known[1]
  if (lower.endsWith('.bin')) throw await weightsGivenAsModel(path)
  const { kind, description } = sniffContent(await readStart(path))
  if (kind === 'ncnn-param' || kind === 'ncnn-param-bin') return 'ncnn'
  if (kind === 'onnx' || kind === 'mnn') return kind
  throw new TwinferError('TWINFER_MODEL_INVALID', `${path} is not a model: it looks like ${description}`, {
    help: 'A model is a .param (ncnn), an .mnn (MNN) or an .onnx file.',
  })
}

async function weightsGivenAsModel(path: string): Promise<TwinferError> {
  const param = await paramBeside(path)
  return new TwinferError(
    'TWINFER_MODEL_INVALID',
    `${path} holds weights: expected the .param that describes the network`,
    {
      help: param
        ? `Give ${param} instead: its .bin is found beside it.`
        : 'Give the .param file with the same stem.',
    },
  )
}

/** The .param (or .param.bin) that belongs to a .bin, where it exists. */
async function paramBeside(weights: string): Promise<string | undefined> {
  for (const extension of ['.param', '.param.bin']) {
    const candidate = weights.replace(/\.bin$/i, extension)
    const found = await stat(candidate).catch(() => undefined)
    if (found?.isFile()) return candidate
  }
  return undefined
}
