import { TwinferError } from '../../errors/TwinferError.js'
import { FlatBuffer } from '../../inspect/mnn/FlatBuffer.js'
import { FlatTable } from '../../inspect/mnn/FlatTable.js'
import { netFields, opFields } from '../../inspect/mnn/mnnFields.js'
import { opTypeName } from '../../inspect/mnn/opTypeName.js'
import { readMnnContent } from '../../inspect/mnn/readMnnContent.js'
import { MemoryBytes } from '../weights/WeightFile.js'
import type { MnnModel, MnnOperator } from './MnnModel.js'
import { slots } from './mnnSlots.js'
import { unlessDamaged } from './unlessDamaged.js'

/** Reads an .mnn as far as it can be read. Throws where not even its list of operators can. */
export async function readMnn(file: string): Promise<MnnModel> {
  const content = await readMnnContent(file)
  const buffer = new FlatBuffer(content, file)
  const net = FlatTable.rootOf(buffer)
  const tensorNames = net.texts(netFields.tensorName, 'a tensor name')
  const damage: { index: number; message: string }[] = []
  const operators = readOperators(net.tables(netFields.oplists, 'an op'), tensorNames, damage)
  const bodies = unlessDamaged(() => readBodies(net)) ?? []
  if (operators.length + damage.length === 0) throw buffer.damaged('it holds no ops')
  const outputNames = net.texts(netFields.outputName, 'an output name')
  return {
    file,
    buffer,
    net,
    bytes: new MemoryBytes(content),
    tensorNames,
    operators,
    bodies,
    outputNames,
    damage,
  }
}

/** What is damaged there, opening the model says. */
function readBodies(net: FlatTable): readonly MnnOperator[] {
  return net.tables(netFields.subgraphs, 'a subgraph').flatMap((subgraph) => {
    const names = subgraph.texts(slots.subgraph.tensors, 'a tensor name')
    return readOperators(subgraph.tables(slots.subgraph.nodes, 'an op'), names, [])
  })
}

function readOperators(
  tables: readonly FlatTable[],
  tensorNames: readonly string[],
  damage: { index: number; message: string }[],
): readonly MnnOperator[] {
  return tables.flatMap((table, index) => {
    try {
      return [readOperator(table, index, tensorNames)]
    } catch (error) {
      if (!(error instanceof TwinferError)) throw error
      damage.push({ index, message: error.message })
      return []
    }
  })
}

function readOperator(op: FlatTable, index: number, tensorNames: readonly string[]): MnnOperator {
  const what = `op ${index}`
  const outputs = op.ints(opFields.outputIndexes, what)
  const kind = op.uint8(opFields.mainType, 0, what)
  const type = opTypeName(op.int32(opFields.type, 0, what))
  return {
    index,
    name: op.text(opFields.name, what) || (tensorNames[outputs[0] ?? -1] ?? `${type} ${index}`),
    type,
    inputs: op.ints(opFields.inputIndexes, what),
    outputs,
    kind,
    main: kind === 0 ? undefined : op.table(opFields.main, what),
    externalPath: op.text(slots.op.externalPath, what),
  }
}
