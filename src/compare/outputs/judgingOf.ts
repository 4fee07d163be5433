import type { ModelFile } from '../../file/ModelFile.js'
import { summariseStorages, type WeightStorage } from '../../file/storages.js'
import { type JudgeContext, type JudgedPrecision, judgedPrecision } from '../judge/passRules.js'
import type { Judging } from './compareOutputs.js'

/**
 * How a candidate is judged: by what ran, by how its file stores the weights, and by what the network computes.
 *
 * @param judgeAs what somebody asked to judge by in place of it.
 */
export async function judgingOf(file: ModelFile, ran: string, judgeAs?: JudgedPrecision): Promise<Judging> {
  const { storage, ...context } = await networkOf(file)
  const judgedAs =
    judgeAs === undefined
      ? judgedPrecision(ran, storage, context)
      : { precision: judgeAs, because: '--judge-as says so' }
  return { judgedAs, ran, context }
}

/** What can be read from the file. An .onnx runs as it is, on the reference's own runtime. */
async function networkOf(file: ModelFile): Promise<JudgeContext & { readonly storage: WeightStorage }> {
  if (file.engine === 'onnx') return { storage: 'none' }
  return { ...(await file.work()), storage: summariseStorages(await file.storages()) }
}
