import { bench } from '../../bench/bench.js'
import { profileTypes } from '../../bench/layers/profileLayers.js'
import { parseSweep } from '../../bench/sweep.js'
import { ModelFile } from '../../file/ModelFile.js'
import { linesOf } from '../../format/visibleText.js'
import type { CommandResult } from '../CommandResult.js'
import type { SampleRequest } from '../inputs/samples.js'
import { type ModelOptions, openOptions } from '../models/ModelOptions.js'
import { OutputFile } from '../output/OutputFile.js'
import { refuseOverwriting } from '../output/refuseOverwriting.js'
import type { BenchDocument } from './BenchDocument.js'
import { benchCsv } from './benchCsv.js'
import { benchInputs } from './benchInputs.js'
import { printBench } from './printBench.js'

/** What `twinfer bench` is asked. */
export interface BenchRequest extends ModelOptions, SampleRequest {
  readonly models: readonly string[]
  readonly sweep?: readonly string[]
  readonly reference?: string
  readonly against?: 'onnxruntime'
  readonly duration: number
  readonly rounds: number
  readonly timeLimit: number
  readonly layers?: boolean
  readonly by?: 'type'
  readonly report?: string
  readonly csv?: string
  // Of ModelOptions and SampleRequest alike.
  readonly inputShape?: NonNullable<ModelOptions['inputShape']>
}

/** `twinfer bench`. */
export async function runBench(request: BenchRequest): Promise<CommandResult> {
  const { models, sweep = [], report, csv, by, layers, ...options } = request
  refuseOverwriting(
    { '--report': report, '--csv': csv },
    { models: [...models, request.reference], inputs: [request.input, request.inputs] },
  )
  const [page, sheet] = [report && (await OutputFile.at(report)), csv && (await OutputFile.at(csv))]
  const files: ModelFile[] = []
  for (const model of models) files.push(await ModelFile.from(model))
  const found = await bench(files, {
    ...benchInputs(request, files),
    ...measuringOptions(options),
    sweep: parseSweep(sweep),
    layers: layers ?? by !== undefined,
    ...(request.against && { against: request.against }),
  })
  const document: BenchDocument = by
    ? {
        ...found,
        rows: found.rows.map((row) => (row.layers ? { ...row, layers: profileTypes(row.layers) } : row)),
      }
    : found
  const written: string[] = []
  if (page) {
    const { renderBench } = await import('./renderBench.js')
    await page.write(renderBench(document, new Date().toISOString()))
    written.push(`report: ${page.path}`)
  }
  if (sheet) {
    await sheet.write(benchCsv(document))
    written.push(`csv: ${sheet.path}`)
  }
  return {
    exitCode: document.rows.some(({ error }) => !error) ? 0 : 2,
    document,
    text: linesOf([printBench(document), ...written]),
  }
}

/** What `bench` and `tune` share. */
export function measuringOptions(
  request: Pick<BenchRequest, 'reference' | 'duration' | 'rounds' | 'timeLimit' | 'inputShape'> &
    ModelOptions,
) {
  const { reference, duration, rounds, timeLimit, inputShape, precision, threads, device } = request
  return {
    duration,
    rounds,
    timeLimit,
    precision,
    device,
    engineOptions: (engine: 'ncnn' | 'mnn' | 'onnxruntime') =>
      engine === 'onnxruntime' ? {} : (openOptions(engine, request).engineOptions ?? {}),
    ...(reference !== undefined && { reference }),
    ...(threads !== undefined && { threads }),
    ...(inputShape && { inputShapes: inputShape }),
  }
}
