import { TwinferError } from '../errors/TwinferError.js'
import { type ModelFile, sizeOf } from '../file/ModelFile.js'
import { open } from '../model/open.js'
import { Net } from '../ncnn/Net.js'
import type { FileCheck } from './FindingList.js'

/** Opens a model and closes it again. Throws what `open` throws. */
export type Opener = (file: ModelFile) => Promise<void>

/** Above, opening would take more memory and time than all the rest of a check. */
const mostWeights = 64 * 1024 * 1024

/** Of an ncnn model with many weights only the .param is loaded: the .bin has been walked through already. */
export async function openHere(file: ModelFile): Promise<void> {
  const weights = file.engine === 'ncnn' ? await file.weights() : undefined
  if (weights !== undefined && (await sizeOf(weights)) > mostWeights) {
    const net = new Net()
    net.loadParam(file.model)
    net.clear()
    return
  }
  const model = await open(file, { precision: 'fp32', threads: 1 })
  await model.dispose()
}

/**
 * Opens a model whose files read as sound: what the engine, or what guards it in native code, refuses is a
 * finding. Without the addon for this machine there is only a remark.
 */
export async function tryOpening(
  file: ModelFile,
  opener: Opener,
  { findings, layers }: FileCheck,
): Promise<void> {
  const [first] = findings
  try {
    await opener(file)
  } catch (error) {
    if (!(error instanceof TwinferError)) throw error
    const { code, help } = error
    // What the engine printed stands in lines of its own.
    const message = error.message.trim().replace(/\s*\n\s*/g, '; ')
    if (code === 'TWINFER_NATIVE_LOAD_FAILED') {
      first?.info('not-opened', `the files were only read, the model was not opened: ${message}`, { help })
      return
    }
    const quoted = [...message.matchAll(/'([^']+)'/g)].map(([, name]) => name)
    const layer = quoted.find((name) => name !== undefined && layers.includes(name)) ?? null
    const isAbsent = code === 'TWINFER_FILE_NOT_FOUND'
    first?.error(isAbsent ? 'weights-not-found' : 'engine-refuses', message, { layer, help })
  }
}
