import { TwinferError } from '../../errors/TwinferError.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Climb } from '../Climb.js'
import type { GoldenRun, ModelReference } from '../model/ModelReference.js'

/**
 * What the original makes of each golden input: recorded, or computed now. Those of the pack where no sample has one.
 * Throws TWINFER_MISSING_INPUT for a lone input of an original that has several.
 */
export async function goldenRuns({ samples, reference }: Climb): Promise<readonly GoldenRun[]> {
  if (!reference) return []
  const recorded = await reference.recorded()
  const runs: GoldenRun[] = []
  for (const { golden, referenceOutput, candidateOutput } of samples) {
    if (!golden) continue
    const inputs = nameInput(reference, golden)
    // Where both sides were recorded, those two are judged beside each other: what runs here is held against what runs here.
    const isForRun = candidateOutput === undefined || reference.pack !== undefined
    if (referenceOutput && isForRun) runs.push({ inputs, outputs: referenceOutput })
    else runs.push(await reference.run(inputs))
  }
  return runs.length === 0 && recorded ? [recorded] : runs
}

/** A tensor under the name that the original has for the only input that anything depends on. */
export function nameInput({ name, inputs }: ModelReference, tensor: Tensor): NamedTensors {
  const needed = inputs.filter(({ unused }) => !unused)
  if (needed.length === 1) return { [needed[0]!.name]: tensor }
  const names = needed.map((input) => `'${input.name}'`).join(', ')
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `${name}: expected a model with one input, received one with ${needed.length} (${names})`,
    {
      help: 'Record all of them in a golden pack, and give that as the reference: `twinfer record`.',
    },
  )
}
