import { availableParallelism } from 'node:os'

/** Beyond these, memory grows (each lane of MNN has the weights) and reading the samples is what takes the time. */
const mostLanes = 4

/**
 * How many samples run at once on a model that is opened so: as many as there are cores for its threads. On a GPU one, and
 * where threads are given for all of the cores.
 */
export function lanesFor({ threads = 1, device = 'cpu' }: { threads?: number; device?: string }): number {
  if (device !== 'cpu') return 1
  return Math.max(1, Math.min(mostLanes, Math.floor(availableParallelism() / threads)))
}
