import { TwinferError } from '../../errors/TwinferError.js'

/** What `read` gives, or undefined where the tables that it reads are damaged, which is a finding already. */
export function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TwinferError && error.code === 'TWINFER_MODEL_INVALID') return undefined
    throw error
  }
}
