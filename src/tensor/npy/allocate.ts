import { TwinferError } from '../../errors/TwinferError.js'

/** Smaller arrays are not worth asking the system about its memory. */
const large = 2 ** 28

/**
 * Memory for an array's data. Throws TWINFER_OUT_OF_MEMORY where the runtime's own RangeError would say
 * less, and where the system has less left: it would promise the memory, and end the process on its use.
 */
export function allocate(name: string, bytes: number): ArrayBuffer {
  const available = bytes < large ? Number.POSITIVE_INFINITY : process.availableMemory()
  if (bytes > available) throw outOfMemory(name, bytes, `, with ${available} available`)
  try {
    return new ArrayBuffer(bytes)
  } catch (cause) {
    throw outOfMemory(name, bytes, '', cause)
  }
}

function outOfMemory(name: string, bytes: number, detail: string, cause?: unknown): TwinferError {
  return new TwinferError('TWINFER_OUT_OF_MEMORY', `${name}: cannot allocate its ${bytes} bytes${detail}`, {
    help: 'Split the array into smaller files.',
    cause,
  })
}
