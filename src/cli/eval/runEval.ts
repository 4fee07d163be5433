import { naming } from '../../errors/naming.js'
import type { OpenedModel } from '../../eval/EvalModel.js'
import { evaluateOpened } from '../../eval/evaluate.js'
import { lanesFor } from '../../eval/lanesFor.js'
import { ModelFile } from '../../file/ModelFile.js'
import { linesOf } from '../../format/visibleText.js'
import { readLabels } from '../../preprocess/sidecar/readLabels.js'
import type { CommandResult } from '../CommandResult.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { openModel } from '../models/openModel.js'
import { OutputFile } from '../output/OutputFile.js'
import { refuseOverwriting } from '../output/refuseOverwriting.js'
import { evaluationCsv } from './evaluationCsv.js'
import { printEvaluation } from './printEvaluation.js'

export interface EvalRequest extends ModelOptions {
  readonly models: readonly string[]
  readonly data: string
  /** Lists with commas. Default: top1. */
  readonly metric?: readonly string[]
  readonly reference?: string
  readonly labels?: string
  readonly classes?: string
  readonly ignoreLabel?: number
  readonly output?: string
  readonly limit?: number
  readonly seed: number
  readonly resume?: string
  readonly csv?: string
}

/** `twinfer eval`. */
export async function runEval(request: EvalRequest): Promise<CommandResult> {
  const { models, reference, metric = ['top1'], classes, csv, sidecar } = request
  const metrics = metric.flatMap((list) => list.split(',').map((name) => name.trim())).filter(Boolean)
  refuseOverwriting(
    { '--csv': csv, '--resume': request.resume },
    { models: [...models, reference], inputs: [request.data, request.labels, classes, sidecar] },
  )
  const table = csv === undefined ? undefined : await OutputFile.at(csv)
  const names = classes === undefined ? undefined : await readLabels(classes)
  const opened: OpenedModel[] = []
  const lanes = lanesFor(request)
  const openOne = async (path: string, options: ModelOptions): Promise<OpenedModel> => {
    const file = await ModelFile.from(path)
    const one = {
      file,
      model: await naming(path, () => openModel(file, options, [], lanes)),
      sidecar,
    } as OpenedModel
    opened.push(one)
    return one
  }
  try {
    const { sidecar: _, ...bare } = request
    const original = reference && (await openOne(reference, { ...bare, precision: 'fp32' }))
    const candidates: OpenedModel[] = []
    for (const path of models) candidates.push(await openOne(path, bare))
    const evaluation = await evaluateOpened(candidates, original || undefined, {
      ...request,
      metrics,
      classes: names,
      lanes,
    })
    await table?.write(evaluationCsv(evaluation))
    const written = csv === undefined ? [] : ['', `csv: ${csv}`]
    return { exitCode: 0, document: evaluation, text: linesOf([printEvaluation(evaluation), ...written]) }
  } finally {
    for (const { model } of opened) await model.dispose()
  }
}
