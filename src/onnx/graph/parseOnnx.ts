import { TwinferError } from '../../errors/TwinferError.js'
import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode, OnnxValue } from './OnnxGraph.js'
import { ProtobufReader } from './ProtobufReader.js'
import { onnxDType, readTensor } from './readTensor.js'

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
  return { nodes, initializers, inputs, outputs, irVersion, opsets: named(opsets), producer }
}

/** Without a prototype: what a file does not have must not be found there, whatever it is called. */
function named<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null), Object.fromEntries(entries))
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

/** A NodeProto. */
function readNode(reader: ProtobufReader, file: string): OnnxNode {
  let name = ''
  let opType = ''
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: [string, OnnxAttribute][] = []
  reader.readMessage((field) => {
    if (field === 1) inputs.push(reader.readString())
    if (field === 2) outputs.push(reader.readString())
    if (field === 3) name = reader.readString()
    if (field === 4) opType = reader.readString()
    if (field === 5) attributes.push(readAttribute(reader, file))
  }, null)
  return { name, opType, inputs, outputs, attributes: named(attributes) }
}

/** An AttributeProto, as its name and value; null for what is of no use here (subgraphs, types). */
function readAttribute(reader: ProtobufReader, file: string): [name: string, value: OnnxAttribute] {
  let name = ''
  let value: OnnxAttribute = null
  let type = 0
  const floats: number[] = []
  const ints: number[] = []
  const strings: string[] = []
  reader.readMessage((field) => {
    switch (field) {
      case 1:
        name = reader.readString()
        break
      case 2:
        value = reader.readFloat()
        break
      case 3:
        value = Number(reader.readVarint64())
        break
      case 4:
        value = reader.readString()
        break
      case 5:
        value = readTensor(reader, file)
        break
      case 7:
        reader.readPackedFloat(floats)
        break
      case 8:
        reader.readPackedVarint(ints, true)
        break
      case 9:
        strings.push(reader.readString())
        break
      case 20:
        type = reader.readVarint()
    }
  }, null)
  // An empty list leaves nothing behind but its type.
  const lists: Readonly<Record<number, readonly number[] | readonly string[]>> = {
    6: floats,
    7: ints,
    8: strings,
  }
  const list = lists[type] ?? [ints, floats, strings].find(({ length }) => length > 0)
  return [name, value ?? list ?? null]
}

/** A ValueInfoProto: name, and type and shape where it is a tensor that states them. */
function readValueInfo(reader: ProtobufReader): OnnxValue {
  let name = ''
  let type = 0
  let shape: number[] | null = null
  const readDimension = () => {
    let size = -1
    reader.readMessage((field) => {
      if (field === 1) size = reader.readVarint(true)
    }, null)
    shape?.push(size)
  }
  const readTensorType = (field: number) => {
    if (field === 1) type = reader.readVarint()
    if (field !== 2) return
    shape = []
    reader.readMessage((part) => {
      if (part === 1) readDimension()
    }, null)
  }
  reader.readMessage((field) => {
    if (field === 1) name = reader.readString()
    if (field === 2)
      reader.readMessage((kind) => {
        if (kind === 1) reader.readMessage(readTensorType, null)
      }, null)
  }, null)
  return { name, shape, dtype: onnxDType(type) }
}
