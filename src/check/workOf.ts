import { answering } from '../errors/answering.js'
import { reportNcnn } from '../inspect/ncnn/reportNcnn.js'
import { type ModelWork, sumUpWork } from './ModelWork.js'
import { mnnWork } from './mnn/mnnWork.js'
import { ncnnWork } from './ncnn/ncnnWork.js'
import { checkedEngine, readSource } from './readSource.js'

/**
 * How much arithmetic a .param or .mnn does, read from the file without its weights. Throws
 * TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED (an .onnx).
 */
export const workOf = answering('workOf', async function workOf(path: string): Promise<ModelWork> {
  const { engine, source } = await readSource(path, await checkedEngine(path))
  const nodes =
    engine === 'ncnn' ? reportNcnn(source.content).layers.map(ncnnWork) : source.operators.map(mnnWork)
  return sumUpWork(nodes)
})
