import { naming } from '../../errors/naming.js'
import type { Climb } from '../Climb.js'
import type { GoldenRun } from '../model/ModelReference.js'
import { nameInput } from '../model/openGolden.js'

/**
 * What the original makes of each golden input: recorded, or computed now. Those of the pack where no sample has one.
 * Throws TWINFER_MISSING_INPUT for a lone input of an original that has several.
 */
export async function goldenRuns({ samples, reference }: Climb): Promise<readonly GoldenRun[]> {
  if (!reference) return []
  const recorded = await reference.recorded()
  const runs: GoldenRun[] = []
  for (const { name, golden, referenceOutput, candidateOutput } of samples) {
    if (!golden) continue
    const inputs = nameInput(reference, golden)
    // Where both sides were recorded, those two are judged beside each other: what runs here is held against what runs here.
    const isForRun = candidateOutput === undefined || reference.pack !== undefined
    if (referenceOutput && isForRun) runs.push({ inputs, outputs: referenceOutput })
    else runs.push(await naming(`the golden input of ${name}`, () => reference.run(inputs)))
  }
  return runs.length === 0 && recorded ? [recorded] : runs
}
