import { PbfWriter } from 'pbf'

export interface GraphParts {
  readonly nodes: readonly (readonly [
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, number>>,
  ])[]
  readonly inputs: readonly (readonly [
    name: string,
    type: keyof typeof types,
    shape: readonly (number | string)[],
  ])[]
  readonly outputs: readonly string[]
  /** float32 initializers with their values. */
  readonly constants?: readonly (readonly [
    name: string,
    shape: readonly number[],
    values: Iterable<number>,
  ])[]
  /** Initializers in the file. */
  readonly weights?: readonly (readonly [
    name: string,
    type: keyof typeof types,
    shape: readonly number[],
    data: ArrayBufferView,
  ])[]
  /** float32 initializers whose data fill a file of their own. */
  readonly external?: readonly (readonly [name: string, shape: readonly number[], file: string])[]
}

const types = { float32: 1, int64: 7, float16: 10 }

/** The bytes of an .onnx that runs: opset 13, attributes that are integers. */
export function onnxGraphFile({
  nodes,
  inputs,
  outputs,
  constants = [],
  weights = [],
  external = [],
}: GraphParts): Uint8Array {
  return message((model) => {
    model.writeVarintField(1, 8)
    model.writeBytesField(
      7,
      message((graph) => {
        for (const node of nodes) graph.writeBytesField(1, nodeBytes(...node))
        graph.writeStringField(2, 'test')
        for (const [name, shape, values] of constants)
          graph.writeBytesField(5, weightBytes(name, 'float32', shape, Float32Array.from(values)))
        for (const weight of weights) graph.writeBytesField(5, weightBytes(...weight))
        for (const [name, shape, file] of external) graph.writeBytesField(5, externalBytes(name, shape, file))
        for (const [name, type, shape] of inputs)
          graph.writeBytesField(11, valueBytes(name, types[type], shape))
        for (const name of outputs)
          graph.writeBytesField(
            12,
            message((value) => value.writeStringField(1, name)),
          )
      }),
    )
    model.writeBytesField(
      8,
      message((opset) => opset.writeVarintField(2, 13)),
    )
  })
}

function nodeBytes(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number>> = {},
): Uint8Array {
  return message((node) => {
    for (const input of inputs) node.writeStringField(1, input)
    for (const output of outputs) node.writeStringField(2, output)
    node.writeStringField(3, `${op}_${outputs[0]}`)
    node.writeStringField(4, op)
    for (const [name, value] of Object.entries(attributes)) {
      const attribute = message((writer) => {
        writer.writeStringField(1, name)
        writer.writeVarintField(3, value)
        writer.writeVarintField(20, 2)
      })
      node.writeBytesField(5, attribute)
    }
  })
}

function valueBytes(name: string, type: number, shape: readonly (number | string)[]): Uint8Array {
  const dimensions = message((writer) => {
    for (const size of shape) {
      const dimension = message((inner) =>
        typeof size === 'number' ? inner.writeVarintField(1, size) : inner.writeStringField(2, size),
      )
      writer.writeBytesField(1, dimension)
    }
  })
  const tensor = message((writer) => {
    writer.writeVarintField(1, type)
    writer.writeBytesField(2, dimensions)
  })
  return message((value) => {
    value.writeStringField(1, name)
    value.writeBytesField(
      2,
      message((writer) => writer.writeBytesField(1, tensor)),
    )
  })
}

function weightBytes(
  name: string,
  type: keyof typeof types,
  shape: readonly number[],
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): Uint8Array {
  return message((tensor) => {
    tensor.writePackedVarint(1, [...shape])
    tensor.writeVarintField(2, types[type])
    tensor.writeStringField(8, name)
    tensor.writeBytesField(9, new Uint8Array(buffer, byteOffset, byteLength))
  })
}

function externalBytes(name: string, shape: readonly number[], file: string): Uint8Array {
  const location = message((entry) => {
    entry.writeStringField(1, 'location')
    entry.writeStringField(2, file)
  })
  return message((tensor) => {
    tensor.writePackedVarint(1, [...shape])
    tensor.writeVarintField(2, types.float32)
    tensor.writeStringField(8, name)
    tensor.writeBytesField(13, location)
    tensor.writeVarintField(14, 1)
  })
}

function message(write: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter()
  write(writer)
  return writer.finish()
}
