import { TwinferError } from '../../errors/TwinferError.js'
import type { OnnxGraph, OnnxInitializer, OnnxNode, OnnxValue } from './OnnxGraph.js'
import { ProtobufReader } from './ProtobufReader.js'
import { readNode } from './readNode.js'
import { readTensor } from './readTensor.js'
import { readValueInfo } from './readValueInfo.js'

/**
 * Parses the bytes of an .onnx (ModelProto). `file` names it in messages and locates external data.
 * Throws TWINFER_MODEL_INVALID or TWINFER_MODEL_TRUNCATED.
 */
export function parseOnnx(bytes: Uint8Array, file: string): OnnxGraph {
  try {
    return readModel(new ProtobufReader(bytes, file), file)
  } catch (cause) {
    if (cause instanceof TwinferError) throw cause
    throw invalid(file, `damaged protobuf: ${(cause as Error).message}`, cause)
  }
}

function readModel(reader: ProtobufReader, file: string): OnnxGraph {
  let irVersion = 0
  let producer = ''
  const opsets: [string, number][] = []
  const graph: GraphParts = { nodes: [], initializers: new Map(), inputs: [], outputs: [], found: false }
  reader.readFields((field) => {
    if (field === 1) irVersion = reader.readVarint()
    if (field === 2) producer = reader.readString()
    if (field === 3) producer = `${producer} ${reader.readString()}`.trim()
    if (field === 7) readGraph(reader, graph, file)
    if (field === 8) opsets.push(readOpset(reader))
  }, null)
  if (!graph.found) throw invalid(file, 'expected an ONNX model, found a protobuf without a graph')
  const { nodes, initializers, outputs } = graph
  const inputs = graph.inputs.filter(({ name }) => !initializers.has(name))
  return { nodes, initializers, inputs, outputs, irVersion, opsets: Object.fromEntries(opsets), producer }
}

interface GraphParts {
  readonly nodes: OnnxNode[]
  readonly initializers: Map<string, OnnxInitializer>
  readonly inputs: OnnxValue[]
  readonly outputs: OnnxValue[]
  found: boolean
}

function readGraph(reader: ProtobufReader, graph: GraphParts, file: string): void {
  graph.found = true
  reader.readMessage((field) => {
    if (field === 1) graph.nodes.push(readNode(reader, file))
    if (field === 11) graph.inputs.push(readValueInfo(reader))
    if (field === 12) graph.outputs.push(readValueInfo(reader))
    if (field !== 5) return
    const tensor = readTensor(reader, file)
    graph.initializers.set(tensor.name, tensor)
  }, null)
}

function readOpset(reader: ProtobufReader): [domain: string, version: number] {
  let domain = ''
  let version = 0
  reader.readMessage((field) => {
    if (field === 1) domain = reader.readString()
    if (field === 2) version = reader.readVarint()
  }, null)
  return [domain, version]
}

function invalid(file: string, message: string, cause?: unknown): TwinferError {
  return new TwinferError('TWINFER_MODEL_INVALID', `${file}: ${message}`, {
    help: 'Copy or export the model again.',
    cause,
  })
}
