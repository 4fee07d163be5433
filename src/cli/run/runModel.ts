import type { CommandResult } from '../CommandResult.js'
import { assignInputs } from '../inputs/assignInputs.js'
import { feedsOf } from '../inputs/feedsOf.js'
import { readInputs } from '../inputs/readInputs.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { openModel } from '../models/openModel.js'
import { describeRun } from './describeRun.js'
import { timedRuns } from './timedRuns.js'
import { writeOutputs } from './writeOutputs.js'

export interface RunModelRequest extends ModelOptions {
  readonly model: string
  readonly input?: readonly string[]
  readonly out?: string
  readonly output?: readonly string[]
  readonly repeat: number
}

/** `twinfer run`. */
export async function runModel(request: RunModelRequest): Promise<CommandResult> {
  const warnings: string[] = []
  const log: string[] = []
  const model = await openModel(request.model, request, log)
  try {
    const feeds = feedsOf(assignInputs(model.inputs, await readInputs(request.input)), warnings)
    const wanted = request.output ? { outputs: request.output } : {}
    const { outputs, timing } = await timedRuns(() => model.run(feeds, wanted), request.repeat)
    const files = request.out === undefined ? [] : await writeOutputs(request.out, outputs)
    return describeRun({
      path: request.model,
      model,
      outputs,
      timing: { loadMs: model.loadMs, ...timing },
      files,
      warnings,
      log,
    })
  } finally {
    await model.dispose()
  }
}
