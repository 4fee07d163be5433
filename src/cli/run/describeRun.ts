import { float32Values } from '../../tensor/index.js'
import { blobStatistics } from '../../trace/blobStatistics.js'
import type { CommandResult } from '../CommandResult.js'
import type { RunnableModel, RunOutputs } from '../models/RunnableModel.js'
import type { OutputSummary } from './OutputSummary.js'
import { printRun } from './printRun.js'
import type { RunTiming } from './timedRuns.js'
import { topValues } from './topValues.js'

export interface FinishedRun {
  readonly path: string
  readonly model: RunnableModel
  readonly outputs: RunOutputs
  readonly timing: RunTiming & { readonly loadMs: number }
  readonly files: readonly string[]
  readonly warnings: readonly string[]
  readonly log: readonly string[]
}

export function describeRun({
  path,
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
    const { min, max, mean, nan, inf } = blobStatistics(values)
    return {
      name,
      shape,
      dtype,
      min,
      max,
      mean,
      nan,
      inf,
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
      model: path,
      effective,
      timing,
      outputs: summaries,
      zeroCopy,
      warnings,
      log,
    },
    text: printRun({ model: path, engine, effective, timing, outputs: summaries, warnings }),
  }
}
