import { TwinferError } from '../../errors/TwinferError.js'
import type { OnnxOptions, OnnxRuntimeName } from '../../onnx/OnnxOptions.js'
import { describeValue } from '../../tensor/describeValue.js'
import { engineOptionsFor } from './engineOptionsFor.js'
import type { ModelOptions } from './ModelOptions.js'

/**
 * What the command line says, for onnxruntime: it runs on the CPU and in the file's own precision. Throws
 * TWINFER_INVALID_OPTION or TWINFER_DEVICE_UNAVAILABLE.
 */
export function onnxOptions({ threads, device, engineOption = {} }: ModelOptions): OnnxOptions {
  if (device.startsWith('vulkan')) {
    throw new TwinferError('TWINFER_DEVICE_UNAVAILABLE', `expected cpu for an .onnx, received ${device}`, {
      help: 'The reference runs on the CPU only. Leave --device out, or use auto.',
    })
  }
  const { runtime, ...unknown } = engineOptionsFor('onnx', engineOption)
  const [name] = Object.keys(unknown)
  if (name !== undefined) throw invalidOption(`expected onnx.runtime, received onnx.${name}`)
  if (runtime !== undefined && !isRuntime(runtime)) {
    throw invalidOption(`onnx.runtime: expected node or web, received ${describeValue(runtime)}`)
  }
  return { ...(threads !== undefined && { threads }), ...(runtime !== undefined && { runtime }) }
}

function isRuntime(value: unknown): value is OnnxRuntimeName {
  return value === 'node' || value === 'web'
}

function invalidOption(message: string): TwinferError {
  return new TwinferError('TWINFER_INVALID_OPTION', message, {
    help: 'onnx.runtime=node is onnxruntime-node, onnx.runtime=web is onnxruntime-web.',
  })
}
