import type { Model } from '../../model/Model.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'

const timedRuns = 5

/** Milliseconds of one run: the median of several, behind one that touches memory. */
export async function medianMs(model: Model, inputs: NamedTensors): Promise<number> {
  const times: number[] = []
  for (let i = 0; i <= timedRuns; i++) {
    const start = performance.now()
    await model.run(inputs)
    if (i > 0) times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!
}
