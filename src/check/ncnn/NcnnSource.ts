import type { NcnnParam } from '../../inspect/ncnn/NcnnParam.js'
import type { ParamError } from '../../inspect/ncnn/paramError.js'

/** A .param as far as it can be read. */
export interface NcnnSource {
  readonly file: string
  readonly text: string
  readonly param: NcnnParam
  readonly problems: readonly ParamError[]
}
