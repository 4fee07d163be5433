import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../describeValue.js'
import type { Tensor } from '../Tensor.js'
import { checkSize } from './checkSize.js'
import { locateHeader } from './locateHeader.js'
import { NpyDataBuilder } from './NpyDataBuilder.js'
import { parseHeader } from './parseHeader.js'

/**
 * Reads the content of a .npy file (format versions 1.0 to 3.0) that is in memory already. The data are
 * copied; Fortran order becomes C order, foreign byte order the machine's; the layout is 'NCHW', as the
 * format records none. `name` names it in messages. Throws TWINFER_NPY_INVALID.
 */
export const parseNpy = answering(
  'parseNpy',
  function parseNpy(bytes: Uint8Array, name = 'array.npy'): Tensor {
    if (!(bytes instanceof Uint8Array)) {
      throw new TwinferError(
        'TWINFER_INVALID_ARGUMENT',
        `bytes: expected a Uint8Array, received ${describeValue(bytes)}`,
        {
          help: 'Give the content of a .npy file; readNpy takes its path.',
        },
      )
    }
    const { start, end, encoding } = locateHeader(name, bytes, bytes.length)
    const header = parseHeader(name, Buffer.from(bytes.subarray(start, end)).toString(encoding))
    checkSize(name, header, end, bytes.length)
    const data = new NpyDataBuilder(name, header)
    data.write(bytes.subarray(end))
    return data.finish()
  },
)
