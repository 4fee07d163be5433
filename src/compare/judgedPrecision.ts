import type { IntegerStorage, WeightStorage } from '../check/Finding.js'
import { answering } from '../errors/answering.js'
import { floorOf } from './floorOf.js'
import type { JudgeContext } from './JudgeContext.js'
import { type JudgedPrecision, passRules } from './passRules.js'

export interface JudgedAs {
  readonly precision: JudgedPrecision
  /** Said where it is not simply the precision that ran. */
  readonly because?: string
}

const stored: Readonly<Partial<Record<WeightStorage, JudgedPrecision>>> = {
  fp16: 'fp16-weights',
  bf16: 'bf16',
  // Some of them fp32. Where others are int8, that is for --judge-as to say.
  mixed: 'fp16-weights',
}

/**
 * What a candidate is judged as: the lower of what ran and how its file stores the weights, since weights that
 * were rounded cannot give better results by running in fp32. Null where no rule is known for what ran.
 */
export const judgedPrecision = answering(
  'judgedPrecision',
  function judgedPrecision(ran: string, storage: WeightStorage, context: JudgeContext = {}): JudgedAs | null {
    if (!Object.hasOwn(passRules, ran)) return null
    const precision = ran as JudgedPrecision
    const weights = storage.startsWith('int') ? (storage as IntegerStorage) : stored[storage]
    if (weights === undefined || floorOf(weights, context) >= floorOf(precision, context))
      return { precision }
    return {
      precision: weights,
      because: `the file stores its weights as ${storage}, so they were rounded before ${ran} ran`,
    }
  },
)
