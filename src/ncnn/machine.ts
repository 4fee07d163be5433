import { type NativeCpu, type NativeGpu, native } from '../native.js'

export type CpuInfo = NativeCpu
export type GpuInfo = NativeGpu

/** Cores, and the instruction sets that ncnn chooses its kernels by. */
export function cpuInfo(): CpuInfo {
  return native().ncnn.cpu()
}

/** Vulkan devices; starts Vulkan on first use. [] where there is none. */
export function gpuInfo(): readonly GpuInfo[] {
  return native().ncnn.gpus()
}
