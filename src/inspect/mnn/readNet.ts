import { FlatBuffer } from './FlatBuffer.js'
import { FlatTable } from './FlatTable.js'
import type { MnnNet } from './MnnNet.js'
import { extraInfoFields, netFields, subgraphFields } from './mnnFields.js'
import { readOp } from './readOp.js'

const sources = ['Caffe', 'TensorFlow', 'TensorFlow Lite', 'ONNX', 'Torch']

/** Reads an .mnn. `file` is only for messages. Throws TWINFER_MODEL_INVALID for anything unsound. */
export function readNet(content: Uint8Array, file: string): MnnNet {
  const buffer = new FlatBuffer(content, file)
  const net = FlatTable.rootOf(buffer)
  const tensorNames = net.texts(netFields.tensorName, 'a tensor name')
  const opTables = net.tables(netFields.oplists, 'an op')
  if (opTables.length === 0) throw buffer.damaged('it holds no ops')
  const subgraphs = net.tables(netFields.subgraphs, 'a subgraph')
  return {
    ops: opTables.map((op, index) => readOp(op, index, tensorNames, buffer)),
    outputNames: net.texts(netFields.outputName, 'an output name'),
    subgraphs: subgraphs.map((subgraph) => subgraph.text(subgraphFields.name, 'a subgraph')),
    converter:
      net.table(netFields.extraInfo, 'the extra info')?.text(extraInfoFields.version, 'the version') ?? '',
    source: sourceName(net),
    bizCode: net.text(netFields.bizCode, 'the bizCode'),
    uuid: net.text(netFields.uuid, 'the uuid'),
  }
}

function sourceName(net: FlatTable): string {
  const source = net.uint8(netFields.sourceType, 0, 'the source type')
  return sources[source] ?? `unknown (${source})`
}
