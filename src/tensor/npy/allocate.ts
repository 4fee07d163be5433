import { TwinferError } from '../../errors/TwinferError.js'

/** Throws TWINFER_OUT_OF_MEMORY where the runtime's own RangeError would say less. */
export function allocate(name: string, bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes)
  } catch (cause) {
    throw new TwinferError('TWINFER_OUT_OF_MEMORY', `${name}: cannot allocate its ${bytes} bytes`, {
      help: 'Split the array into smaller files.',
      cause,
    })
  }
}
