// 'twinfer/mnn': the classes of mnn itself.
export { type GpuInfo, getVersion, gpuInfo, HintMode, Interpreter, SessionMode } from './mnn/Interpreter.js'
export { Module, type ModuleOptions } from './mnn/Module.js'
export type { BackendConfig, ScheduleConfig } from './mnn/ScheduleConfig.js'
export { ForwardType, Memory, Power, Precision } from './mnn/ScheduleConfig.js'
export type { TracedOperator } from './mnn/Session.js'
export { Session, Tensor, TensorMap } from './mnn/Session.js'
