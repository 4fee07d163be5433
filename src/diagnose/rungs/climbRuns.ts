import { pairOutputs } from '../../compare/outputs/pairOutputs.js'
import { progress } from '../../format/progress.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { isHarmless } from '../conclude.js'
import type { Climb } from '../diagnose.js'
import type { FileFindings } from '../model/diagnoseFiles.js'
import { Network } from '../Network.js'
import type { Sample } from '../Sample.js'
import { type Judged, judgeOutputs } from './judgeOutputs.js'

/** A cause this sure ends the search: what is dearer would only find its consequences. */
const sure = 0.8

/**
 * What the candidate computes of the golden inputs beside what the original does, and what the application says that
 * it got; then, where nothing explains a difference, repeated runs, other precisions and every layer.
 */
export async function climbRuns(climb: Climb, files: FileFindings): Promise<void> {
  const samples = await withReferenceOutputs(climb)
  const network = files.runs ? await openCandidate(climb) : undefined
  try {
    const own = network && (await runOn(network, samples))
    if (own && own.length > 0) await judgeOwn(climb, network!, own)
    await judgeRecorded(climb, network, samples)
  } finally {
    await network?.close()
  }
}

/** What the original gives: recorded, or computed now where it can be. */
async function withReferenceOutputs({ samples, reference }: Climb): Promise<readonly Sample[]> {
  const wanted = samples.some(({ golden, referenceOutput }) => golden && !referenceOutput)
  const original = wanted ? await reference?.network() : undefined
  const done: Sample[] = []
  for (const sample of samples) {
    const { golden, referenceOutput } = sample
    const known = referenceOutput ?? (golden && (await original?.run(golden)))
    done.push(known === undefined ? sample : { ...sample, referenceOutput: known })
  }
  return done
}
