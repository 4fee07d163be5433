import { PbfWriter } from 'pbf'

/**
 * An .onnx whose graph has these tensors as outputs too. protobuf merges a message that is there twice, so that
 * a ModelProto { graph { output: [ { name } ] } } behind the file does it, and no weight is encoded again.
 * onnxruntime infers the types; naming a wrong one would be an error.
 */
export function extendOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  if (names.length === 0) return model
  const writer = new PbfWriter()
  writer.writeMessage(graphField, writeOutputs, names)
  return Buffer.concat([model, writer.finish()])
}

const graphField = 7
const outputField = 12
const nameField = 1

function writeOutputs(names: readonly string[], graph: PbfWriter): void {
  for (const name of names) {
    graph.writeMessage(outputField, (_, output) => output.writeStringField(nameField, name), null)
  }
}
