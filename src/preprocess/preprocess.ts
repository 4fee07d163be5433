import { answering } from '../errors/answering.js'
import type { Tensor } from '../tensor/Tensor.js'
import type { Pixels, Preprocessing } from './Preprocessing.js'
import { planGeometry } from './planGeometry.js'
import { rasterOf } from './Raster.js'
import { resolvePreprocessing } from './resolvePreprocessing.js'
import { arrangeRaster, orientRaster, resizeRaster } from './steps.js'

/**
 * A model's input from pixels: upright, resized, cut or padded, in the model's channel order, as
 * `(pixel * scale - mean) / std` in float32 (the bytes themselves for `dtype: 'uint8'`). The shape is
 * [1, channels, height, width], or [1, height, width, channels] for `layout: 'NHWC'`. Pixels are read, never written;
 * only those that the input shows are computed.
 *
 * @throws TwinferError TWINFER_INVALID_OPTION where the record is wrong, TWINFER_INVALID_ARGUMENT or
 * TWINFER_LENGTH_MISMATCH where the pixels are, TWINFER_LIMIT_EXCEEDED where more than 2^28 pixels would be made on the
 * way, TWINFER_NATIVE_LOAD_FAILED where no addon loads.
 */
export const preprocess = answering('preprocess', (pixels: Pixels, record: Preprocessing): Tensor => {
  const resolved = resolvePreprocessing(record)
  const upright = orientRaster(rasterOf(pixels), pixels.orientation ?? 1, resolved)
  const geometry = planGeometry(upright, resolved)
  return arrangeRaster(resizeRaster(upright, geometry, geometry.window, resolved), geometry, resolved)
})
