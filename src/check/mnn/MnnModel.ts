import type { FlatBuffer } from '../../inspect/mnn/FlatBuffer.js'
import type { FlatTable } from '../../inspect/mnn/FlatTable.js'
import type { WeightBytes } from '../weights/WeightFile.js'

/** An operator as the file has it; tensors are indices into `MnnModel.tensorNames`. */
export interface MnnOperator {
  readonly index: number
  /** Its own name, or that of its first output: MNN's messages use either. */
  readonly name: string
  readonly type: string
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** OpParameter: which table `main` is. */
  readonly kind: number
  readonly main: FlatTable | undefined
  readonly externalPath: string
}

/** An .mnn as far as it can be read. */
export interface MnnModel {
  readonly file: string
  readonly buffer: FlatBuffer
  readonly net: FlatTable
  readonly bytes: WeightBytes
  readonly tensorNames: readonly string[]
  readonly operators: readonly MnnOperator[]
  /** Those of its subgraphs (bodies of loops, branches), whose inputs and outputs are their own. */
  readonly bodies: readonly MnnOperator[]
  readonly outputNames: readonly string[]
  /** The operators that cannot be read, with what is wrong. */
  readonly damage: readonly { readonly index: number; readonly message: string }[]
}
