import type { CheckReport } from './Finding.js'
import { foreignReport } from './foreignReport.js'
import { checkMnn } from './mnn/checkMnn.js'
import { checkNcnn } from './ncnn/checkNcnn.js'
import { checkedEngine, readSource } from './readSource.js'

/**
 * Checks a model file without running it: whether it is whole, what contradicts itself, and whether its weights
 * can be weights. Damage is found, not thrown.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, or TWINFER_MODEL_UNSUPPORTED for what cannot be
 * checked at all (an .onnx, a binary .param.bin).
 */
export async function check(path: string): Promise<CheckReport> {
  const engine = await checkedEngine(path)
  try {
    const model = await readSource(path, engine)
    return model.engine === 'ncnn' ? await checkNcnn(model.source) : await checkMnn(model.source)
  } catch (error) {
    return foreignReport(path, engine, error)
  }
}
