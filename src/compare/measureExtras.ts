import { float32Values } from '../tensor/float32Values.js'
import type { ChannelFit } from './ChannelFit.js'
import { findChannels } from './findChannels.js'
import { fitChannels } from './fitChannels.js'
import { hasFewValues } from './hasFewValues.js'
import { overlapOfTopK } from './overlapOfTopK.js'
import type { Scores } from './plain/Scores.js'
import type { ComparisonPlan } from './planComparison.js'
import { sortedSqnr } from './sortedSqnr.js'

/** What is measured only where it is asked for. */
export interface Extras {
  readonly topKOverlap?: number | null
  readonly details?: Details
}

export interface Details {
  readonly sortedSqnrDb: number | null
  readonly channelFit: ChannelFit
  readonly referenceInt8: number | null
  readonly candidateInt8: number | null
}

export function measureExtras({ reference, candidate, request, topK, details }: ComparisonPlan): Extras {
  if (topK === undefined && !details) return {}
  const [a, b] = [float32Values(reference), float32Values(candidate)]
  const { classes } = request
  return {
    ...(topK !== undefined && { topKOverlap: classes ? overlapOfTopK(a, b, classes, topK) : null }),
    ...(details && { details: measureDetails(a, b, findChannels(reference, candidate)) }),
  }
}

function measureDetails(a: Scores, b: Scores, channels: ReturnType<typeof findChannels>): Details {
  const share = (few: boolean | null) => (few === null ? null : Number(few))
  return {
    sortedSqnrDb: sortedSqnr(a, b),
    channelFit: fitChannels(a, b, channels),
    referenceInt8: share(hasFewValues(a, channels)),
    candidateInt8: share(hasFewValues(b, channels)),
  }
}
