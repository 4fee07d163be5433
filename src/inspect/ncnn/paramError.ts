import { TwinferError } from '../../errors/TwinferError.js'
import type { TwinferErrorCode } from '../../errors/TwinferErrorCode.js'

/** Where in which .param something was found. */
export interface ParamPlace {
  readonly file: string
  readonly line: number
}

/** What can be wrong with the text of a .param, in the words of `check`. */
export type ParamProblem =
  | 'byte-order-mark'
  | 'no-magic'
  | 'truncated-text'
  | 'syntax'
  | 'layer-count'
  | 'blob-count'
  | 'no-producer'
  | 'layer-order'

/** Starts with FILE:LINE, as compilers write it, so that editors can jump there. */
export class ParamError extends TwinferError {
  constructor(
    code: TwinferErrorCode,
    readonly place: ParamPlace,
    readonly problem: ParamProblem,
    readonly detail: string,
    help: string,
  ) {
    super(code, `${place.file}:${place.line}: ${detail}`, { help })
  }
}

export function paramError(
  place: ParamPlace,
  message: string,
  help: string,
  problem: ParamProblem = 'syntax',
): ParamError {
  return new ParamError('TWINFER_MODEL_INVALID', place, problem, message, help)
}

const copyAgain = 'The file is cut short: copy or convert it again.'

export function truncatedError(
  place: ParamPlace,
  message: string,
  problem: ParamProblem = 'truncated-text',
): ParamError {
  return new ParamError('TWINFER_MODEL_TRUNCATED', place, problem, message, copyAgain)
}
