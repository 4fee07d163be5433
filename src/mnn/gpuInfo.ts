import { answering } from '../errors/answering.js'
import { type NativeGpu, native } from '../native.js'

export type GpuInfo = NativeGpu

/** The Vulkan devices that MNN finds; starts Vulkan on first use. [] where there is none. */
export const gpuInfo = answering('gpuInfo', function gpuInfo(): readonly GpuInfo[] {
  return native().mnn.gpus()
})
