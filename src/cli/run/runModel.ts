import { join, resolve } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile } from '../../file/ModelFile.js'
import { makeFolder } from '../../file/makeFolder.js'
import { formatMs, formatNumber, formatShape } from '../../format/numbers.js'
import { progress } from '../../format/progress.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { interpretOutputs } from '../../model/interpretOutputs.js'
import { type TopValue, topValues } from '../../model/topValues.js'
import { digestModel } from '../../onnx/digestModel.js'
import { ModelRecord } from '../../preprocess/sidecar/ModelRecord.js'
import { renderTable } from '../../report/renderTable.js'
import { float32Values } from '../../tensor/convertTensor.js'
import { npyFileNames, writeNpy } from '../../tensor/npy/writeNpy.js'
import type { BlobStatistics } from '../../trace/LayerTracer.js'
import { blobStatistics } from '../../trace/showBlob.js'
import type { CommandResult } from '../CommandResult.js'
import { assignOthers, feedsOf } from '../inputs/assignInputs.js'
import { givenImages } from '../inputs/givenImages.js'
import { readInputs } from '../inputs/readInputs.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import {
  type EffectiveSettings,
  openModel,
  type RunnableModel,
  type RunOutputs,
} from '../models/openModel.js'
import { settingsLine } from '../output/lines.js'
import { type Predictions, predictionLines, summarisePredictions } from './predictions.js'

export interface RunModelRequest extends ModelOptions {
  readonly model: string
  readonly input?: readonly string[]
  readonly out?: string
  readonly output?: readonly string[]
  readonly image?: readonly string[]
  /** How many classes. */
  readonly top: number
  readonly repeat: number
}

/** `twinfer run`. */
export async function runModel(request: RunModelRequest): Promise<CommandResult> {
  const warnings: string[] = []
  const log: string[] = []
  const file = await ModelFile.from(request.model)
  refuseIsolation(file, request)
  const model = await openModel(file, request, log)
  try {
    refusePrecision(model, request)
    const images = givenImages(request.image)
    const record = images === undefined ? undefined : await loadRecord(file, request.sidecar)
    const pictures: RunOutputs = record ? await record.feeds(model.inputs, images!) : {}
    const given = feedsOf(assignOthers(model.inputs, pictures, await readInputs(request.input)), warnings)
    const feeds = Object.assign(Object.create(null), given, pictures)
    const wanted = request.output ? { outputs: request.output } : {}
    const { outputs, timing } = await timedRuns(() => model.run(feeds, wanted), request.repeat)
    const files = request.out === undefined ? [] : await writeOutputs(request.out, outputs)
    return describeRun({
      path: request.model,
      model,
      outputs,
      top: request.top,
      predictions: record && summarisePredictions(interpretOutputs(outputs, record.sidecar!, request.top)),
      timing: { loadMs: model.loadMs, ...timing },
      files,
      warnings,
      log,
    })
  } finally {
    await model.dispose()
  }
}

/** Only of this package's engines: onnxruntime would run here as if nothing had been said. */
function refuseIsolation({ engine, name }: ModelFile, { isolate }: RunModelRequest): void {
  if (engine !== 'onnx' || !isolate) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `expected a .param or an .mnn for --isolate, received ${name}`,
    { help: 'An .onnx runs in onnxruntime, in this process: leave --isolate out.' },
  )
}

/** The types in the file say what it computes in, whatever is asked. */
function refusePrecision({ engine, effective }: RunnableModel, { precision, model }: RunModelRequest): void {
  if (engine !== 'onnx' || precision === 'default' || precision === effective.precision) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `expected --precision default or ${effective.precision}, which ${model} computes in, received ${precision}`,
    { help: 'An .onnx runs as the original is. Give the converted .param or .mnn for another precision.' },
  )
}

/** The sidecar of a model on any engine. Throws as `ModelRecord.load` does. */
function loadRecord(file: ModelFile, sidecar: string | undefined): Promise<ModelRecord> {
  return ModelRecord.load(file, sidecar, () => digestModel(file))
}

/** All in milliseconds, around run() as a caller sees it. */
export interface RunTiming {
  /** The median where there are several. */
  readonly runMs: number
  readonly firstMs: number
  readonly minMs: number
  readonly maxMs: number
  readonly repeat: number
}

export async function timedRuns(
  run: () => Promise<RunOutputs>,
  repeat: number,
): Promise<{ outputs: RunOutputs; timing: RunTiming }> {
  const durations: number[] = []
  let outputs = await timed(run, durations)
  for (let i = 1; i < repeat; i++) {
    progress('running', { done: i + 1, total: repeat })
    outputs = await timed(run, durations)
  }
  const sorted = [...durations].sort((a, b) => a - b)
  return {
    outputs,
    timing: {
      runMs: sorted[Math.floor((sorted.length - 1) / 2)]!,
      firstMs: durations[0]!,
      minMs: sorted[0]!,
      maxMs: sorted.at(-1)!,
      repeat,
    },
  }
}

async function timed(run: () => Promise<RunOutputs>, durations: number[]): Promise<RunOutputs> {
  const start = performance.now()
  const outputs = await run()
  durations.push(performance.now() - start)
  return outputs
}

export interface FinishedRun {
  readonly path: string
  readonly model: RunnableModel
  readonly outputs: RunOutputs
  /** How many values of each output are shown. Default: 5. */
  readonly top?: number
  /** What outputs mean, where a picture was given. */
  readonly predictions?: Predictions | undefined
  readonly timing: RunTiming & { readonly loadMs: number }
  readonly files: readonly string[]
  readonly warnings: readonly string[]
  readonly log: readonly string[]
}

export function describeRun({
  path,
  model,
  outputs,
  top,
  predictions,
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
      top: topValues(values, top),
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
      ...(predictions && { predictions }),
      zeroCopy,
      warnings,
      log,
    },
    text: printRun({ model: path, engine, effective, timing, outputs: summaries, predictions, warnings }),
  }
}

/** What `twinfer run` says about one output. */
export interface OutputSummary extends Pick<BlobStatistics, 'min' | 'max' | 'mean' | 'nan' | 'inf'> {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly top: readonly TopValue[]
  /** Where `-o` wrote it. */
  readonly file?: string
}

export interface PrintableRun {
  readonly model: string
  readonly engine: string
  readonly effective: EffectiveSettings
  readonly timing: RunTiming & { readonly loadMs: number }
  readonly outputs: readonly OutputSummary[]
  readonly predictions?: Predictions | undefined
  readonly warnings: readonly string[]
}

/** What `twinfer run` shows to a person. */
export function printRun({
  model,
  engine,
  effective,
  timing,
  outputs,
  predictions = {},
  warnings,
}: PrintableRun): string {
  const notes = [
    ...effective.notes.map((note) => `note: ${note}`),
    ...warnings.map((text) => `warning: ${text}`),
  ]
  return linesOf([
    paint('bold', model),
    settingsLine(engine, effective),
    timingLine(timing),
    ...notes.map((note) => paint('yellow', note)),
    '',
    outputTable(outputs),
    ...outputs.flatMap((output) => predictionLines(output.name, predictions) ?? topLines(output)),
    ...outputs.flatMap(({ file }) => (file === undefined ? [] : [paint('dim', `wrote ${file}`)])),
  ])
}

function timingLine({ loadMs, runMs, minMs, maxMs, repeat }: PrintableRun['timing']): string {
  const spread = repeat > 1 ? ` (median of ${repeat}, ${formatMs(minMs)} to ${formatMs(maxMs)})` : ''
  return `load ${formatMs(loadMs)}, run ${formatMs(runMs)}${spread}`
}

function outputTable(outputs: readonly OutputSummary[]): string {
  const right = ['min', 'max', 'mean', 'NaN', 'Inf'].map((title) => ({ title, align: 'right' as const }))
  return renderTable(
    [{ title: 'output' }, { title: 'shape' }, { title: 'dtype' }, ...right],
    outputs.map(({ name, shape, dtype, min, max, mean, nan, inf }) => [
      name,
      formatShape(shape),
      dtype,
      ...[min, max, mean].map(formatNumber),
      alarming(nan),
      alarming(inf),
    ]),
  )
}

function alarming(count: number): string {
  return count > 0 ? paint('red', String(count)) : '0'
}

function topLines({ name, top }: OutputSummary): readonly string[] {
  const rows = top.map(({ index, value }) => [String(index), formatNumber(value)])
  const columns = [
    { title: `top of ${name}`, align: 'right' as const },
    { title: 'value', align: 'right' as const },
  ]
  return rows.length > 0 ? ['', renderTable(columns, rows)] : []
}

/** Writes each output as NAME.npy into `folder`, which is created, and returns the paths in that order. */
export async function writeOutputs(folder: string, outputs: RunOutputs): Promise<readonly string[]> {
  const names = Object.keys(outputs)
  const files = names.map(npyFileNames()).map((file) => join(folder, file))
  try {
    await makeFolder(resolve(folder))
    await Promise.all(names.map((name, index) => writeNpy(files[index]!, outputs[name]!)))
  } catch (cause) {
    if (cause instanceof TwinferError) throw cause
    throw new TwinferError(
      'TWINFER_FILE_UNREADABLE',
      `cannot write the outputs into ${folder}: ${(cause as Error).message}`,
      { cause },
    )
  }
  return files
}
