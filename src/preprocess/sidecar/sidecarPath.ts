import { stat } from 'node:fs/promises'
import { answering } from '../../errors/answering.js'

// Apart from what reads it: most models have no sidecar, and then nothing more is loaded.

/**
 * Where the sidecar of a model is: the model's whole name with `.twinfer.json` behind it, so that the same network as
 * `.param`, `.mnn` and `.onnx` in one folder has one each: inputs have other names in each, and other digests.
 */
export const sidecarPath = answering('sidecarPath', function sidecarPath(model: string): string {
  return `${model}.twinfer.json`
})

/** Whether a file lies there. */
export async function hasSidecar(model: string): Promise<boolean> {
  const found = await stat(sidecarPath(model)).catch(() => undefined)
  return found?.isFile() ?? false
}
