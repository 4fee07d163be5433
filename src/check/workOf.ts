import { answering } from '../errors/answering.js'
import { parseMnn } from '../inspect/mnn/reportMnn.js'
import { reportNcnn } from '../inspect/ncnn/reportNcnn.js'
import { type ModelWork, sumUpWork, type WorkNode } from './ModelWork.js'
import { checkedEngine, type ModelSource, readSource } from './readSource.js'

/**
 * How much arithmetic a .param or .mnn does, read from the file without its weights. Throws
 * TWINFER_FILE_NOT_FOUND, TWINFER_MODEL_INVALID or TWINFER_MODEL_UNSUPPORTED (an .onnx).
 */
export const workOf = answering('workOf', async function workOf(path: string): Promise<ModelWork> {
  return sumUpWork(nodesOf(await readSource(path, await checkedEngine(path))))
})

/** What subgraphs do is not counted: how often they run is known only then. */
function nodesOf({ engine, content, file }: ModelSource): readonly WorkNode[] {
  if (engine === 'ncnn') return reportNcnn(content).layers
  return parseMnn(content, file).operators.filter(({ subgraph }) => subgraph === null)
}
