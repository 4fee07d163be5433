import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { writeNpy } from '../../tensor/npy/index.js'
import { npyFileNames } from '../../tensor/npy/npyFileNames.js'
import type { RunOutputs } from '../models/RunnableModel.js'

/** Writes each output as NAME.npy into `folder`, which is created, and returns the paths in that order. */
export async function writeOutputs(folder: string, outputs: RunOutputs): Promise<readonly string[]> {
  const names = Object.keys(outputs)
  const files = names.map(npyFileNames()).map((file) => join(folder, file))
  try {
    await mkdir(folder, { recursive: true })
    await Promise.all(names.map((name, index) => writeNpy(files[index]!, outputs[name]!)))
  } catch (cause) {
    if (cause instanceof TwinferError) throw cause
    throw new TwinferError(
      'TWINFER_FILE_UNREADABLE',
      `cannot write the outputs into ${folder}: ${(cause as Error).message}`,
      { cause },
    )
  }
  return files
}
