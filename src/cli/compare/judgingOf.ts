import { type JudgeContext, type JudgedPrecision, judgedPrecision } from '../../compare/index.js'
import type { Judging } from './Judging.js'

/** How a candidate is judged: by what ran, by how its file stores the weights, and by what the network computes. */
export async function judgingOf(path: string, ran: string, judgeAs?: JudgedPrecision): Promise<Judging> {
  const { storage, ...context } = await networkOf(path)
  const judgedAs =
    judgeAs === undefined
      ? judgedPrecision(ran, storage, context)
      : { precision: judgeAs, because: '--judge-as says so' }
  return { judgedAs, ran, context }
}

async function networkOf(_path: string): Promise<JudgeContext & { readonly storage: 'none' }> {
  return { storage: 'none' }
}
