// 'twinfer/ncnn': the classes of ncnn itself.
export { Mat } from './ncnn/Mat.js'
export type { Option } from './ncnn/Net.js'
export { type CpuInfo, cpuInfo, Extractor, type GpuInfo, gpuInfo, Net } from './ncnn/Net.js'
