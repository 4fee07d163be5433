import { PbfWriter } from 'pbf'

/** The bytes of an .onnx (opset 13) of float32: nodes are [type, inputs, output, attributes], weights { name: [shape, data] }. */
export function onnxFile({ nodes, input, output, weights }) {
  return message((model) => {
    model.writeVarintField(1, 8)
    model.writeBytesField(
      7,
      message((graph) => {
        for (const node of nodes) graph.writeBytesField(1, nodeOf(node))
        graph.writeStringField(2, 'planted')
        for (const [name, [shape, data]] of Object.entries(weights))
          graph.writeBytesField(5, weightOf(name, shape, data))
        graph.writeBytesField(11, shapedValue(...input))
        graph.writeBytesField(12, shapedValue(...output))
      }),
    )
    model.writeBytesField(
      8,
      message((opset) => opset.writeVarintField(2, 13)),
    )
  })
}

function nodeOf([type, inputs, output, attributes = {}]) {
  return message((node) => {
    for (const input of inputs) node.writeStringField(1, input)
    node.writeStringField(2, output)
    node.writeStringField(3, `${type}_${output}`)
    node.writeStringField(4, type)
    for (const [name, value] of Object.entries(attributes))
      node.writeBytesField(
        5,
        message((attribute) => {
          attribute.writeStringField(1, name)
          if (Array.isArray(value)) {
            for (const number of value) attribute.writeVarintField(8, number)
            attribute.writeVarintField(20, 7)
          } else {
            attribute.writeVarintField(3, value)
            attribute.writeVarintField(20, 2)
          }
        }),
      )
  })
}

function weightOf(name, shape, data) {
  return message((tensor) => {
    tensor.writePackedVarint(1, shape)
    tensor.writeVarintField(2, 1)
    tensor.writeStringField(8, name)
    tensor.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  })
}

function shapedValue(name, shape) {
  const dimensions = message((all) => {
    for (const size of shape)
      all.writeBytesField(
        1,
        message((one) => one.writeVarintField(1, size)),
      )
  })
  const tensor = message((writer) => {
    writer.writeVarintField(1, 1)
    writer.writeBytesField(2, dimensions)
  })
  const type = message((writer) => writer.writeBytesField(1, tensor))
  return message((value) => {
    value.writeStringField(1, name)
    value.writeBytesField(2, type)
  })
}

function message(write) {
  const writer = new PbfWriter()
  write(writer)
  return writer.finish()
}
