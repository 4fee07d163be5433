import { readParam } from '../../inspect/ncnn/readParam.js'
import type { NcnnSource } from './NcnnSource.js'

/** Throws TWINFER_MODEL_INVALID where the file is no .param at all. */
export async function readNcnn(file: string): Promise<NcnnSource> {
  return { file, content: await readParam(file) }
}
