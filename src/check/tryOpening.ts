import { TwinferError } from '../errors/TwinferError.js'
import { type ModelFile, sizeOf } from '../file/ModelFile.js'
import { open } from '../model/open.js'
import { Net } from '../ncnn/Net.js'
import { float32Values } from '../tensor/convertTensor.js'
import { randomFeed } from '../tensor/randomTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { FileCheck, FindingList } from './FindingList.js'

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
    const { code, help, message, layer } = refusalOf(error, layers)
    if (code === 'TWINFER_NATIVE_LOAD_FAILED') {
      first?.info('not-opened', `the files were only read, the model was not opened: ${message}`, { help })
      return
    }
    const isAbsent = code === 'TWINFER_FILE_NOT_FOUND'
    first?.error(isAbsent ? 'weights-not-found' : 'engine-refuses', message, { layer, help })
  }
}

const seed = 1

/**
 * Runs a model that opens once on random values, in a process of its own and within its limits: what ends there, goes on
 * for too long or gives numbers that are none is a finding. Nothing without the addon for this machine.
 */
export async function tryRunning(file: ModelFile, { findings, layers }: FileCheck): Promise<void> {
  const [first] = findings
  try {
    const model = await open(file, { precision: 'fp32', isolate: true })
    try {
      const outputs = await model.run(randomFeed(model.inputs, seed))
      for (const [name, tensor] of Object.entries(outputs)) judgeOutput(name, tensor, first)
    } finally {
      await model.dispose()
    }
  } catch (error) {
    const { code, help, message, layer } = refusalOf(error, layers)
    if (code === 'TWINFER_NATIVE_LOAD_FAILED') return
    if (code === 'TWINFER_MISSING_INPUT') first?.info('not-run', `the model was not run: ${message}`)
    else first?.error('run-fails', message, { layer, help })
  }
}

function judgeOutput(name: string, tensor: Tensor, findings: FindingList | undefined): void {
  const values = float32Values(tensor)
  let notFinite = 0
  for (const value of values) if (!Number.isFinite(value)) notFinite++
  if (notFinite === 0) return
  findings?.warning(
    'output-not-finite',
    `on random values (mean 0, deviation 1) ${notFinite} of ${values.length} values of output '${name}' are not finite`,
    { help: 'A root or a logarithm of such values may be meant; else look with `twinfer compare --layers`.' },
  )
}

/** What the engine, or what guards it, says of a model, and of which of its layers. Throws what is not ours. */
function refusalOf(error: unknown, layers: readonly string[]) {
  if (!(error instanceof TwinferError)) throw error
  const { code, help } = error
  // What the engine printed stands in lines of its own.
  const message = error.message.trim().replace(/\s*\n\s*/g, '; ')
  const quoted = [...message.matchAll(/'([^']+)'/g)].map(([, name]) => name)
  const layer = quoted.find((name) => name !== undefined && layers.includes(name)) ?? null
  return { code, help, message, layer }
}
