import { float32Values } from '../../tensor/index.js'
import type { CommandResult } from '../CommandResult.js'
import type { RunnableModel, RunOutputs } from '../models/RunnableModel.js'
import { printRun } from './printRun.js'
import type { RunModelRequest } from './runModel.js'
import { type TensorStatistics, tensorStatistics } from './tensorStatistics.js'
import type { RunTiming } from './timedRuns.js'
import { type TopValue, topValues } from './topValues.js'

export interface OutputSummary extends TensorStatistics {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly top: readonly TopValue[]
  /** Where `-o` wrote it. */
  readonly file?: string
}

export interface FinishedRun {
  readonly request: RunModelRequest
  readonly model: RunnableModel
  readonly outputs: RunOutputs
  readonly timing: RunTiming & { readonly loadMs: number }
  readonly files: readonly string[]
  readonly warnings: readonly string[]
  readonly log: readonly string[]
}

export function describeRun({
  request,
  model,
  outputs,
  timing,
  files,
  warnings,
  log,
}: FinishedRun): CommandResult {
  const summaries = Object.entries(outputs).map(([name, tensor], index): OutputSummary => {
    const values = float32Values(tensor)
    const { shape, dtype } = tensor
    const file = files[index]
    return {
      name,
      shape,
      dtype,
      ...tensorStatistics(values),
      top: topValues(values),
      ...(file !== undefined && { file }),
    }
  })
  const { engine, effective } = model
  // On the prototype of a RunResult, out of the way of outputs; onnxruntime's have none.
  const { zeroCopy = null } = outputs as { readonly zeroCopy?: unknown }
  return {
    exitCode: 0,
    document: {
      engine,
      model: request.model,
      effective,
      timing,
      outputs: summaries,
      zeroCopy,
      warnings,
      log,
    },
    text: printRun({ model: request.model, engine, effective, timing, outputs: summaries, warnings }),
  }
}
