import { answering, passingOn } from '../errors/answering.js'
import { naming } from '../errors/naming.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { progress } from '../format/progress.js'
import { openRunnable, type RunnableOptions, runnableOptionNames } from '../pack/openRunnable.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { type EvalSet, limitSet } from './data/EvalSet.js'
import { openSet } from './data/openSet.js'
import { EvalModel, type OpenedModel } from './EvalModel.js'
import { EvalState, type MeasuredRow } from './EvalState.js'
import type { EvaluatedModel, Evaluation } from './Evaluation.js'
import { Feeder } from './Feeder.js'
import { lanesFor } from './lanesFor.js'
import type { MeasuredSample, MetricContext } from './metrics/Metric.js'
import { type ChosenMetric, chooseMetrics } from './metrics/namedMetrics.js'
import type { OwnMetric } from './metrics/ownMetric.js'

export interface EvaluationOptions {
  /** A folder with one folder for each class, a `.csv`, a `.npz` or a `.npy`. */
  readonly data: string
  /** `top1`, `top5` (any `topK`), `miou`, `cosine`, `eer`, the path of a module, or a metric itself. */
  readonly metrics: readonly (string | OwnMetric)[]
  /** A `.npy` of labels, beside data that are a `.npy`. */
  readonly labels?: string | undefined
  /** Names of the classes by number. Default: those of the sidecar. */
  readonly classes?: readonly string[] | undefined
  /** The label of pixels that count nowhere, such as 255. Default: none. */
  readonly ignoreLabel?: number | undefined
  /** The output that is judged. Default: what the sidecar calls scores, a mask or an embedding, else the only one. */
  readonly output?: string | undefined
  /** At most so many samples (or pairs), drawn at random. Default: all. */
  readonly limit?: number | undefined
  /** Of what is drawn at random: samples, and the bootstrap. Default: 1. */
  readonly seed?: number | undefined
  /** A file that keeps what was measured: a later call with the same arguments goes on from there. */
  readonly resume?: string | undefined
  /** Ends the evaluation between two samples, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface EvaluateOptions extends EvaluationOptions {
  /** A model that the others are held against; it runs in fp32. */
  readonly reference?: ModelSource | undefined
  /** How the models are opened. */
  readonly open?: RunnableOptions | undefined
}

const optionNames: OptionNames<EvaluateOptions> = {
  data: true,
  metrics: true,
  reference: true,
  open: true,
  labels: true,
  classes: true,
  ignoreLabel: true,
  output: true,
  limit: true,
  seed: true,
  resume: true,
  signal: true,
}

/**
 * The accuracy of models on a data set, with intervals of 95 %, and whether their differences from a reference are any.
 * Inputs come of the sidecar where there is one, and are arrays otherwise.
 *
 * @throws TwinferError TWINFER_DATA_INVALID for a set that is empty, lacks labels or has other classes than the model,
 * and for the state of another evaluation; TWINFER_INVALID_OPTION for an unknown metric; what `open`, `openOnnx`,
 * `decodeImage`, `readNpy` and `run` throw.
 */
export const evaluate = answering(
  'evaluate',
  async function evaluate(models: readonly ModelSource[], options: EvaluateOptions): Promise<Evaluation> {
    requireArguments(models, options)
    requireOptions(options, optionNames)
    if (options.open !== undefined) requireOptions(options.open, runnableOptionNames, 'open')
    const { reference, open = {} } = options
    const opened: OpenedModel[] = []
    const lanes = lanesFor(open)
    const openOne = async (source: ModelSource, how: RunnableOptions) => {
      const file = await ModelFile.from(source)
      opened.push({ file, model: await naming(file.name, () => openRunnable(file, how, lanes)) })
    }
    try {
      if (reference !== undefined) await openOne(reference, { ...open, precision: 'fp32' })
      for (const source of models) await openOne(source, open)
      const candidates = reference === undefined ? opened : opened.slice(1)
      return await evaluateOpened(candidates, reference === undefined ? undefined : opened[0], {
        ...options,
        lanes,
      })
    } finally {
      for (const { model } of opened) await model.dispose()
    }
  },
)

const seedByDefault = 1

/** The same of models that are open, with as many samples at once as they have lanes; who opened them closes them. */
export async function evaluateOpened(
  candidates: readonly OpenedModel[],
  reference: OpenedModel | undefined,
  options: EvaluationOptions & { readonly lanes: number },
): Promise<Evaluation> {
  const { data, seed = seedByDefault, output } = options
  const models: EvalModel[] = []
  for (const one of reference ? [reference, ...candidates] : candidates) {
    models.push(await EvalModel.of(one, output, one === reference))
  }
  const classes =
    options.classes ?? models.map((model) => model.labels).find((labels) => labels !== undefined)
  const whole = await openSet(data, { labels: options.labels, classes })
  const set = limitSet(whole, options.limit, seed)
  const metrics = await chooseMetrics(options.metrics, set, options.ignoreLabel)
  requireReference(metrics, reference)
  const state = await EvalState.open(
    options.resume,
    identityOf(models, set, metrics, options),
    set.samples.length,
  )
  try {
    await measureAll(models, set, metrics, state, options)
  } finally {
    await state.close()
  }
  const context: MetricContext = { set, classes: set.classes ?? classes, seed }
  const rows = state.rows as readonly MeasuredRow[]
  const evaluated = models.map((_, at) => conclude(models, at, metrics, rows, context))
  return {
    data: {
      path: data,
      kind: set.kind,
      samples: set.samples.length,
      total: whole.samples.length,
      pairs: set.pairs?.length ?? null,
      seed,
      notes: set.notes,
    },
    metrics: metrics.map(({ metric }) => metric.name),
    reference: reference ? evaluated[0]! : null,
    models: reference ? evaluated.slice(1) : evaluated,
  }
}

function requireArguments(models: readonly ModelSource[], options: EvaluateOptions): void {
  if (!Array.isArray(models) || models.length === 0) {
    const received = Array.isArray(models) ? 'none' : describeValue(models)
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `evaluate: expected a list of models, received ${received}`,
    )
  }
  if (typeof options !== 'object' || options === null || typeof options.data !== 'string') {
    throw new TwinferError(
      'TWINFER_INVALID_ARGUMENT',
      `evaluate: expected { data, metrics } with the path of a set, received ${describeValue(options?.data ?? options)}`,
    )
  }
}

function requireReference(metrics: readonly ChosenMetric[], reference: OpenedModel | undefined): void {
  const needs = metrics.find(({ metric }) => metric.needsReference)
  if (needs === undefined || reference) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `${needs.metric.name}: expected a reference, received none`,
    {
      help: 'It is measured against the outputs of another model: --reference model.onnx.',
    },
  )
}

/** All that a result follows from: a state of anything else is not gone on with. */
function identityOf(
  models: readonly EvalModel[],
  set: EvalSet,
  metrics: readonly ChosenMetric[],
  { output, labels, classes, ignoreLabel, limit, seed = seedByDefault }: EvaluationOptions,
): unknown {
  return {
    models: models.map((model) => model.identity),
    data: set.digest,
    metrics: metrics.map(({ identity }) => identity),
    options: { output, labels, classes, ignoreLabel, limit, seed },
  }
}

/** A sample whose runs have begun; a failure is looked at when its turn comes. */
interface BegunSample {
  readonly place: number
  readonly name: string
  readonly ran: Promise<RanSample | { readonly error: unknown }>
}

interface RanSample {
  readonly label: MeasuredSample['label']
  /** In the order of the models. */
  readonly outputs: readonly NamedTensors[]
}

/** Samples run beside each other, and are measured and kept one after the other, in their order. */
async function measureAll(
  models: readonly EvalModel[],
  set: EvalSet,
  metrics: readonly ChosenMetric[],
  state: EvalState,
  { signal, lanes }: { readonly signal?: AbortSignal | undefined; readonly lanes: number },
): Promise<void> {
  const feeder = new Feeder(models)
  // The reason of an abort is the caller's own, whatever it is.
  const throwIfAborted = passingOn(() => signal?.throwIfAborted())
  const total = set.samples.length
  // What is known of all samples may still leave open which output it was of.
  const isOpen = state.done === total && models.some(({ output }) => output === '')
  const toRun = set.samples
    .map((sample, place) => ({ sample, place }))
    .filter(({ place }) => state.rows[place] === undefined || (isOpen && place === 0))
  // One more than run is read, so that no lane waits for a file.
  const most = lanes > 1 ? lanes + 1 : 1
  const begun: BegunSample[] = []
  try {
    for (let next = 0; next < toRun.length || begun.length > 0; ) {
      throwIfAborted()
      progress('evaluating', { done: state.done, total })
      for (; begun.length < most && next < toRun.length; next++) {
        const { sample, place } = toRun[next]!
        begun.push({ place, name: sample.name, ran: runSample(models, feeder, sample) })
      }
      const { place, name, ran } = begun.shift()!
      await naming(name, async () => {
        const finished = await ran
        if ('error' in finished) throw finished.error
        const row = await measureSample(models, finished, metrics, { name, place })
        if (state.rows[place] === undefined) await state.add(place, row)
      })
    }
  } finally {
    // After a failure or an abort: whoever closes the models finds nothing of this under way.
    await Promise.all(begun.map(({ ran }) => ran))
  }
}

async function runSample(
  models: readonly EvalModel[],
  feeder: Feeder,
  sample: EvalSet['samples'][number],
): BegunSample['ran'] {
  try {
    const feeds = await feeder.feeds(await sample.read())
    const label = await sample.label()
    const outputs: NamedTensors[] = []
    for (const [at, model] of models.entries()) outputs.push(await model.run(feeds[at]!))
    return { label, outputs }
  } catch (error) {
    return { error }
  }
}

async function measureSample(
  models: readonly EvalModel[],
  { label, outputs: ran }: RanSample,
  metrics: readonly ChosenMetric[],
  shared: Pick<MeasuredSample, 'name' | 'place'>,
): Promise<MeasuredRow> {
  const reference = models.find((model) => model.isReference)
  let referred: { outputs: MeasuredSample['outputs']; output: MeasuredSample['output'] } | undefined
  const row: unknown[][] = []
  for (const [at, model] of models.entries()) {
    const outputs = ran[at]!
    const output = model.judged(outputs, referred && { outputs: referred.outputs, name: reference!.output })
    const measured: unknown[] = []
    for (const { metric } of metrics) {
      const isNeeded = model !== reference || !metric.needsReference
      const sample = { ...shared, label, outputs, output, reference: referred?.output, model: model.name }
      measured.push(isNeeded ? await metric.measure(sample) : null)
    }
    if (model === reference) referred = { outputs, output }
    row.push(measured)
  }
  return row
}

function conclude(
  models: readonly EvalModel[],
  at: number,
  metrics: readonly ChosenMetric[],
  rows: readonly MeasuredRow[],
  context: MetricContext,
): EvaluatedModel {
  const model = models[at]!
  const isJudged = models[0]!.isReference && at > 0
  const columnOf = (of: number, metric: number) => rows.map((row) => row[of]![metric])
  const results = metrics.flatMap(({ metric }, i) =>
    model.isReference && metric.needsReference ? [] : [metric.summarise(columnOf(at, i), context)],
  )
  const differences = metrics.flatMap(({ metric }, i) =>
    isJudged && metric.differ ? [metric.differ(columnOf(0, i), columnOf(at, i), context)] : [],
  )
  return { ...model.description(), results, differences }
}
