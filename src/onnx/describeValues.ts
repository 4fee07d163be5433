import { TwinferError } from '../errors/TwinferError.js'
import type { TensorInfo } from '../model/TensorInfo.js'
import { isDType } from '../tensor/arrayForDType.js'
import { knownSize } from './knownSize.js'
import type { OnnxValueInfo } from './OnnxRuntime.js'

/**
 * Inputs or outputs of a session. Throws TWINFER_MODEL_UNSUPPORTED for one that is no tensor of numbers
 * (sequences, maps, strings), and TWINFER_MISSING_DEPENDENCY for an onnxruntime too old to describe them.
 */
export function describeValues(
  path: string,
  values: readonly OnnxValueInfo[] | undefined,
): readonly TensorInfo[] {
  if (values === undefined) {
    throw new TwinferError(
      'TWINFER_MISSING_DEPENDENCY',
      'expected onnxruntime 1.22 or later, found an older one',
      {
        help: 'Update it: `npm i onnxruntime-node@latest`.',
      },
    )
  }
  return values.map(({ name, isTensor, type, shape }) => {
    if (isTensor && isDType(type)) return { name, shape: sizesOf(shape), dtype: type, layout: 'NCHW' }
    throw new TwinferError(
      'TWINFER_MODEL_UNSUPPORTED',
      `${path}: expected tensors of numbers, '${name}' is ${isTensor ? `of ${type}` : 'no tensor'}`,
      { help: 'Export the model without its pre- and postprocessing of text, sequences or maps.' },
    )
  })
}

/** Undefined where the rank is unknown, which onnxruntime does not tell from a scalar. */
function sizesOf(shape: OnnxValueInfo['shape']): readonly number[] | undefined {
  if (!shape?.length) return undefined
  return shape.map(knownSize)
}
