import type { NativeMeasurement, NativeMeasureRequest } from '../native.js'

/** What one pass over two tensors gathers; everything else follows from it. */
export type Measurement = NativeMeasurement
export type MeasureRequest = NativeMeasureRequest
