import { TwinferError } from '../../errors/TwinferError.js'
import type { TwinferErrorCode } from '../../errors/TwinferErrorCode.js'

/** Where in which .param something was found. */
export interface ParamPlace {
  readonly file: string
  readonly line: number
}

/** An error that starts with FILE:LINE, as compilers write it, so that editors can jump there. */
export function paramError(
  place: ParamPlace,
  message: string,
  help: string,
  code: TwinferErrorCode = 'TWINFER_MODEL_INVALID',
): TwinferError {
  return new TwinferError(code, `${place.file}:${place.line}: ${message}`, { help })
}

const copyAgain = 'The file is cut short: copy or convert it again.'

export function truncatedError(place: ParamPlace, message: string): TwinferError {
  return paramError(place, message, copyAgain, 'TWINFER_MODEL_TRUNCATED')
}
