import { readOnnxGraph } from '../onnx/graph/readOnnxGraph.js'
import { float32Values } from '../tensor/float32Values.js'
import { requireTensor } from '../tensor/requireTensor.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { Comparand } from './against/Comparand.js'
import type { CheckReport } from './Finding.js'
import { foreignReport } from './foreignReport.js'
import { checkMnn } from './mnn/checkMnn.js'
import { checkNcnn } from './ncnn/checkNcnn.js'
import { checkedEngine, readSource } from './readSource.js'

export interface CheckOptions {
  /** Path of the .onnx that the model was converted from: its weights are compared by direction. */
  readonly against?: string | undefined
  /** Weights of one layer as another reader read them, in any shape: the report says how they are off. */
  readonly dump?: Tensor | undefined
}

/**
 * Checks a .param (with the .bin beside it) or an .mnn without running it and without native code: whether it is
 * whole, what contradicts itself, and whether its weights can be weights. Damage is found, not thrown.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_MODEL_UNSUPPORTED for what cannot be checked
 * at all (an .onnx, a binary .param.bin), and what `readOnnxGraph` throws for a damaged `against`.
 */
export async function check(path: string, { against, dump }: CheckOptions = {}): Promise<CheckReport> {
  const engine = await checkedEngine(path)
  const comparand: Comparand = {
    graph: against === undefined ? undefined : await readOnnxGraph(against),
    dump: dump && Float32Array.from(float32Values(requireTensor(dump, 'dump'))),
  }
  const model = await readSource(path, engine).catch((error: unknown) => foreignReport(path, engine, error))
  if (!('source' in model)) return model
  return model.engine === 'ncnn' ? checkNcnn(model.source, comparand) : checkMnn(model.source, comparand)
}
