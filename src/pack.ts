// 'twinfer/pack': golden packs, which hold what a model computed, for other machines to be held to.

export type { DeployedVerdict, PackVerdict } from './pack/judgeRun.js'
export type { OverflowForecast, PackNotice } from './pack/noticesFor.js'
export { recordedModel } from './pack/openRunnable.js'
export { Pack } from './pack/Pack.js'
export type * from './pack/PackManifest.js'
export type { PackInputs } from './pack/PackSession.js'
export type { LayerChoice } from './pack/record.js'
export { type RecordOptions, record } from './pack/record.js'
export { type RejudgeOptions, rejudge } from './pack/rejudge.js'
export { type VerifyOptions, verify } from './pack/verify.js'
export type { ZipLimits } from './zip/ZipArchive.js'
