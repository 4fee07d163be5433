import type { PairableInput } from '../../compare/outputs/pairInputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import { type GoldenRun, ModelReference } from './ModelReference.js'

/** A reference with what it makes of some inputs; to be disposed of. */
export interface OpenedGolden extends AsyncDisposable {
  readonly reference: ModelReference
  readonly golden: readonly GoldenRun[]
}

/**
 * Each a run: tensors under the reference's names, or the only one that it needs. Or a function that makes them, for
 * whoever has to know first which inputs the reference has.
 */
export type GoldenInputs =
  | readonly (NamedTensors | Tensor)[]
  | ((inputs: readonly PairableInput[]) => readonly (NamedTensors | Tensor)[])

/**
 * @param inputs default: the one that a pack recorded.
 * @throws TwinferError what opening and running the reference throws, and TWINFER_MISSING_INPUT for a model without inputs.
 */
export async function openGolden(
  path: string,
  inputs: GoldenInputs | undefined,
  threads: number | undefined,
): Promise<OpenedGolden> {
  const reference = await ModelReference.openPath(path, threads)
  const close = () => reference.dispose()
  try {
    return { reference, golden: await goldenOf(reference, inputs ?? []), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function goldenOf(reference: ModelReference, inputs: GoldenInputs): Promise<readonly GoldenRun[]> {
  const runs: GoldenRun[] = []
  for (const given of typeof inputs === 'function' ? inputs(reference.inputs) : inputs)
    runs.push(await reference.run(given instanceof Tensor ? nameInput(reference, given) : given))
  const recorded = runs.length === 0 ? await reference.recorded() : undefined
  if (recorded) runs.push(recorded)
  if (runs.length > 0) return runs
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `${reference.name}: expected an input to run it on, received none`,
    { help: 'Give one with -i FILE.npy, or a golden pack as the reference, which holds its own.' },
  )
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
