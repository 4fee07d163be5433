import { stat } from 'node:fs/promises'
import type { Noise } from '../../compare/judge/noiseFloor.js'
import { ModelFile } from '../../file/ModelFile.js'
import { formatBytes } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { type OverflowForecast, overflowRisks } from '../../pack/noticesFor.js'
import type { PackEffective, PackImage, StoredTensor } from '../../pack/PackManifest.js'
import { record } from '../../pack/record.js'
import type { CommandResult } from '../CommandResult.js'
import { givenImages } from '../inputs/givenImages.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { overflowLines, settingsLine, tensorTable } from '../output/lines.js'
import { refuseOverwriting } from '../output/refuseOverwriting.js'
import { givenInputs, runnableOptions } from './givenInputs.js'

export interface RecordPackRequest extends ModelOptions {
  readonly model: string
  readonly out: string
  readonly input?: readonly string[]
  readonly image?: readonly string[]
  /** `all`, or names separated by commas. */
  readonly layers?: string
  readonly tolerance?: readonly string[]
  readonly repeat: number
}

/** `twinfer record`. */
export async function recordPack(request: RecordPackRequest): Promise<CommandResult> {
  const { model, out: file, layers, tolerance, repeat } = request
  refuseOverwriting({ '-o': file }, { models: [model], inputs: [request.input, request.image] })
  const warnings: string[] = []
  const source = await ModelFile.from(model)
  const image = givenImages(request.image)
  const { recorded, inputs, ...manifest } = await record(source, {
    ...(await runnableOptions(source, request)),
    file,
    // What pictures make needs no others.
    ...((image === undefined || request.input) && { inputs: await givenInputs(request.input, warnings) }),
    ...(image !== undefined && { image }),
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
    /** The pictures that inputs were made of. */
    images: manifest.images ?? [],
    tolerances: manifest.tolerances,
    warnings,
  }
  return { exitCode: 0, document, text: printRecorded(document) }
}

export interface RecordedPack {
  readonly pack: string
  readonly bytes: number
  readonly model: string
  readonly engine: string
  readonly effective: PackEffective & { readonly engineVersion: string }
  readonly inputs: readonly StoredTensor[]
  readonly images: readonly PackImage[]
  readonly outputs: readonly StoredTensor[]
  readonly noise: Noise
  readonly layers: { readonly recorded: number; readonly stored: number }
  readonly overflow: readonly OverflowForecast[]
  readonly warnings: readonly string[]
}

/** What `twinfer record` shows to a person. */
export function printRecorded(recorded: RecordedPack): string {
  const { pack, bytes, model, engine, effective, layers, noise, overflow, warnings } = recorded
  const repeatable = noise.deterministic ? 'bit-identical' : paint('yellow', 'not the same each time')
  return linesOf([
    `recorded ${paint('bold', model)}`,
    `  ${settingsLine(engine, effective)}, ${noise.runs} runs, ${repeatable}`,
    ...[...effective.notes, ...warnings].map((note) => paint('yellow', `  note: ${note}`)),
    tensorTable('input', recorded.inputs),
    ...recorded.images.map(
      ({ input, width, height }) => `  '${input}' is made of a picture of ${width} x ${height}`,
    ),
    tensorTable('output', recorded.outputs),
    `${layers.recorded} layers, values of ${layers.stored}`,
    ...overflowLines(overflow),
    `wrote ${paint('bold', pack)} (${formatBytes(bytes)})`,
  ])
}
