import type { WeightStorage } from '../../check/Finding.js'
import { weightStorage, workOf } from '../../check/index.js'
import { type JudgeContext, type JudgedPrecision, judgedPrecision } from '../../compare/index.js'
import type { Judging } from '../../compare/outputs/Judging.js'
import { identifyModel } from '../../inspect/identifyModel.js'

/** How a candidate is judged: by what ran, by how its file stores the weights, and by what the network computes. */
export async function judgingOf(path: string, ran: string, judgeAs?: JudgedPrecision): Promise<Judging> {
  const { storage, ...context } = await networkOf(path)
  const judgedAs =
    judgeAs === undefined
      ? judgedPrecision(ran, storage, context)
      : { precision: judgeAs, because: '--judge-as says so' }
  return { judgedAs, ran, context }
}

/** What can be read from the file. An .onnx runs as it is, on the reference's own runtime. */
async function networkOf(path: string): Promise<JudgeContext & { readonly storage: WeightStorage }> {
  if ((await identifyModel(path)) === 'onnx') return { storage: 'none' }
  const [work, storage] = await Promise.all([workOf(path), weightStorage(path)])
  return { ...work, storage }
}
