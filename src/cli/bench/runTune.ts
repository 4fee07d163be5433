import { readFile } from 'node:fs/promises'
import { tune } from '../../bench/tune.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { counted } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { parseTuned } from '../../model/tuned.js'
import type { CommandResult } from '../CommandResult.js'
import { toJson } from '../CommandResult.js'
import type { SampleRequest } from '../inputs/samples.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { OutputFile } from '../output/OutputFile.js'
import { refuseOverwriting } from '../output/refuseOverwriting.js'
import { benchInputs } from './benchInputs.js'
import { inputsText, machineLine, referenceText, settingsTable, stateLines } from './printBench.js'
import { measuringOptions } from './runBench.js'

/** What `twinfer tune` is asked. */
export interface TuneRequest extends ModelOptions, SampleRequest {
  readonly models: readonly string[]
  readonly minSqnr: number
  readonly maxMemory?: number
  readonly reference?: string
  readonly out?: string
  readonly duration: number
  readonly rounds: number
  readonly timeLimit: number
  // Of ModelOptions and SampleRequest alike.
  readonly inputShape?: NonNullable<ModelOptions['inputShape']>
}

/** `twinfer tune`. */
export async function runTune(request: TuneRequest): Promise<CommandResult> {
  const { models, minSqnr, maxMemory } = request
  const { out = `${models[0]}.tuned.json` } = request
  refuseOverwriting(
    { '-o': out },
    { models: [...models, request.reference], inputs: [request.input, request.inputs] },
  )
  await refuseForeign(out)
  const target = await OutputFile.at(out)
  const files: ModelFile[] = []
  for (const model of models) files.push(await ModelFile.from(model))
  const found = await tune(files, {
    ...benchInputs(request, files),
    ...measuringOptions(request),
    minSqnrDb: minSqnr,
    ...(maxMemory !== undefined && { maxMemoryMb: maxMemory }),
  })
  if (found.tuned) await target.write(`${toJson(found.tuned)}\n`)
  const written = found.tuned ? [out] : []
  const { machine, inputs, reference, rows, tried, notes, said, outcome } = found
  return {
    exitCode: outcome === 'found' ? 0 : 1,
    document: { ...found, written },
    text: linesOf([
      machineLine(machine),
      `${inputsText(inputs)}; accuracy against ${referenceText(reference)}; ${counted(tried, 'setting')} tried`,
      '',
      settingsTable(rows),
      '',
      paint(outcome === 'found' ? 'green' : 'red', said),
      ...stateLines(machine),
      ...notes.map((note) => paint('yellow', `note: ${note}`)),
      ...written.map((file) => `wrote ${file}`),
    ]),
  }
}

/** An earlier file of this command is replaced; anything else of that name is somebody's. */
async function refuseForeign(out: string): Promise<void> {
  const text = await readFile(out, 'utf8').catch(() => undefined)
  if (text === undefined) return
  try {
    parseTuned(text, out)
  } catch (cause) {
    throw new TwinferError('TWINFER_INVALID_OPTION', `-o would overwrite ${out}, which is no file of tune`, {
      help: 'Give -o the name of a new file.',
      cause,
    })
  }
}
