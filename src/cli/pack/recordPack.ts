import { stat } from 'node:fs/promises'
import { overflowRisks } from '../../pack/overflowForecast.js'
import { record } from '../../pack/record.js'
import type { CommandResult } from '../CommandResult.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { givenInputs } from './givenInputs.js'
import { printRecorded } from './printRecorded.js'
import { runnableOptions } from './runnableOptions.js'

export interface RecordPackRequest extends ModelOptions {
  readonly model: string
  readonly out: string
  readonly input?: readonly string[]
  /** `all`, or names separated by commas. */
  readonly layers?: string
  readonly tolerance?: readonly string[]
  readonly repeat: number
}

/** `twinfer record`. */
export async function recordPack(request: RecordPackRequest): Promise<CommandResult> {
  const { model, out: file, layers, tolerance, repeat } = request
  const warnings: string[] = []
  const { recorded, inputs, ...manifest } = await record(model, {
    ...(await runnableOptions(model, request)),
    file,
    inputs: await givenInputs(request.input, warnings),
    repeat,
    ...(layers !== undefined && { layers: layers === 'all' ? layers : layers.split(',') }),
    ...(tolerance !== undefined && { tolerances: tolerance }),
  })
  const document = {
    pack: file,
    bytes: (await stat(file)).size,
    model,
    engine: recorded.model.engine,
    effective: { ...recorded.effective, engineVersion: recorded.versions.engine },
    inputs,
    outputs: recorded.outputs,
    noise: recorded.noise,
    layers: {
      recorded: manifest.layers.length,
      stored: manifest.layers.filter(({ member }) => member !== null).length,
    },
    /** What a run in fp16 will have trouble with. */
    overflow: overflowRisks(manifest.layers),
    tolerances: manifest.tolerances,
    warnings,
  }
  return { exitCode: 0, document, text: printRecorded(document) }
}
