import { answering } from '../errors/answering.js'
import { type NativeCpu, type NativeGpu, native } from '../native.js'

export type CpuInfo = NativeCpu
export type GpuInfo = NativeGpu

/** Cores, and the instruction sets that ncnn chooses its kernels by. */
export const cpuInfo = answering('cpuInfo', function cpuInfo(): CpuInfo {
  return native().ncnn.cpu()
})

/** Vulkan devices; starts Vulkan on first use. [] where there is none. */
export const gpuInfo = answering('gpuInfo', function gpuInfo(): readonly GpuInfo[] {
  return native().ncnn.gpus()
})
