import type { ParamError } from '../../inspect/ncnn/paramError.js'
import { readParam } from '../../inspect/ncnn/readParam.js'
import type { NcnnSource } from './NcnnSource.js'

/** Reads a .param, text or binary, as far as it can be read. Throws only where it is none at all. */
export async function readNcnn(file: string): Promise<NcnnSource> {
  const problems: ParamError[] = []
  const { text, param } = await readParam(file, (problem) => problems.push(problem))
  return { file, text, param, problems }
}
