import { TwinferError } from '../../errors/TwinferError.js'
import { identifyModel } from '../../inspect/identifyModel.js'
import type { CompareRequest } from './CompareRequest.js'

/** Throws TWINFER_USAGE where `--layers` is asked for and one side has none to compare. */
export async function requireLayers({ layers, reference, candidates }: CompareRequest): Promise<void> {
  if (!layers) return
  if (/\.(npy|npz)$/i.test(reference)) {
    throw new TwinferError(
      'TWINFER_USAGE',
      `--layers: expected a model as reference, received ${reference}`,
      {
        help: 'Recorded outputs hold no layers: give the .onnx that the model was converted from.',
      },
    )
  }
  for (const path of candidates) {
    if ((await identifyModel(path)) !== 'onnx') continue
    throw new TwinferError('TWINFER_USAGE', `--layers: expected a .param or an .mnn, received ${path}`, {
      help: 'An .onnx can only be the reference: its layers cannot be run one by one.',
    })
  }
}
