import { TwinferError } from '../../errors/TwinferError.js'
import { formatShape } from '../../format/numbers.js'
import { randomNumbers, randomTensor } from '../../tensor/randomTensor.js'
import type { ModelTensor } from '../models/openModel.js'
import type { InputShapes } from '../parseOptions.js'
import type { GivenInput } from './assignInputs.js'

/**
 * Values for every input of a model, the same for the same seed: normally distributed with mean 0 and deviation 1; bytes
 * from 0 to 255; 0 or 1 for other integers, as these are mostly indices, and nobody knows of how many. A batch that
 * is left open is 1.
 *
 * Throws TWINFER_MISSING_INPUT where the shape is open and `shapes` does not say it.
 */
export function randomInputs(
  infos: readonly ModelTensor[],
  seed: number,
  shapes: InputShapes = {},
): readonly GivenInput[] {
  const random = randomNumbers(seed)
  return infos.map(({ name, shape, dtype }) => ({
    name,
    file: `random values (seed ${seed})`,
    tensor: randomTensor(shapes[name] ?? closedShape(name, shape), dtype, random),
  }))
}

function closedShape(name: string, shape: readonly number[] | undefined): readonly number[] {
  const closed = shape?.map((size, axis) => (axis === 0 && size < 1 ? 1 : size))
  if (closed?.every((size) => size >= 1)) return closed
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `input '${name}': expected a shape to fill with random values, the model leaves it open (${shape ? formatShape(shape) : 'any'})`,
    { help: `Give it with --input-shape ${name}=SIZES, or a file with -i.` },
  )
}
