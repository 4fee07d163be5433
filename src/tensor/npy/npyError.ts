import { TwinferError } from '../../errors/TwinferError.js'

/** What all refusals of a .npy file have in common. `name` is the file's name. */
export function npyError(
  name: string,
  message: string,
  help = 'Save the array again with numpy.save.',
): TwinferError {
  return new TwinferError('TWINFER_NPY_INVALID', `${name}: ${message}`, { help })
}
