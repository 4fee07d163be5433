import type { ParamError } from '../../inspect/ncnn/paramError.js'
import { scanParam } from '../../inspect/ncnn/parseParam.js'
import { readParamText } from '../../inspect/ncnn/readParamText.js'
import type { NcnnSource } from './NcnnSource.js'

/** Reads a .param as far as it can be read. Throws only where it is no text of ncnn at all. */
export async function readNcnn(file: string): Promise<NcnnSource> {
  const text = await readParamText(file)
  const problems: ParamError[] = []
  const param = scanParam(text, file, (problem) => problems.push(problem))
  return { file, text, param, problems }
}
