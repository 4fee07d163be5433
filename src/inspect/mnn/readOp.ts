import type { FlatBuffer } from './FlatBuffer.js'
import type { FlatTable } from './FlatTable.js'
import type { MnnInput, MnnOp } from './MnnOp.js'
import { inputFields, inputParameter, opFields, opTypeInput } from './mnnFields.js'
import { opTypeName } from './opTypeName.js'

/** MNN's tensors have room for this many dimensions, and it does not check (Tensor, MNN_MAX_TENSOR_DIM). */
const mostDims = 8
/** The schema's defaults: DT_FLOAT and NC4HW4. */
const dtypeDefault = 1
const formatDefault = 2

/** Reads one op. Tensor indexes are checked: MNN itself uses them unchecked. */
export function readOp(
  op: FlatTable,
  index: number,
  tensorNames: readonly string[],
  buffer: FlatBuffer,
): MnnOp {
  const what = `op ${index}`
  const type = op.int32(opFields.type, 0, what)
  const typeName = opTypeName(type)
  const named = (slot: number) =>
    op.ints(slot, what).map((tensor) => {
      const name = tensorNames[tensor]
      if (name !== undefined) return name
      throw buffer.damaged(`${what} (${typeName}) uses tensor ${tensor}, the model has ${tensorNames.length}`)
    })
  return {
    type: typeName,
    name: op.text(opFields.name, what),
    inputs: named(opFields.inputIndexes),
    outputs: named(opFields.outputIndexes),
    ...(type === opTypeInput && { input: readInput(op, what, buffer) }),
  }
}

function readInput(op: FlatTable, what: string, buffer: FlatBuffer): MnnInput {
  const parameter = op.uint8(opFields.mainType, 0, what)
  const table = parameter === inputParameter ? op.table(opFields.main, what) : undefined
  if (!table) throw buffer.damaged(`${what} is an Input without its description`)
  const dims = table.ints(inputFields.dims, what)
  if (dims.length > mostDims)
    throw buffer.damaged(`${what} has ${dims.length} dimensions, MNN allows ${mostDims}`)
  return {
    dims,
    dtype: table.int32(inputFields.dtype, dtypeDefault, what),
    format: table.uint8(inputFields.format, formatDefault, what),
  }
}
