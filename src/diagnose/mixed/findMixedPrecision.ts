import { join } from 'node:path'
import { requireSqnr } from '../../compare/judge/requireSqnr.js'
import { answering } from '../../errors/answering.js'
import { requireOptions, requirePath } from '../../errors/requireOptions.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelFile, ModelSource } from '../../file/ModelFile.js'
import { sniffContent } from '../../file/sniffContent.js'
import { formatDb } from '../../format/numbers.js'
import { progress } from '../../format/progress.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { NcnnTracer } from '../../trace/NcnnTracer.js'
import { Candidate, type CandidateRun } from '../model/Candidate.js'
import { fp32Options } from '../model/diagnosePrecision.js'
import { forecastOverflow, type LayerMaximum } from '../model/lowPrecision.js'
import type { GoldenRun } from '../model/ModelReference.js'
import { openGolden } from '../model/openGolden.js'
import { nameOf, requirePlace, writeModel } from '../model/writeModel.js'
import { MaskedRuns, type Tried } from './MaskedRuns.js'
import type {
  MixedMeasure,
  MixedOptions,
  MixedOutcome,
  MixedPrecision,
  MixedStorage,
} from './MixedPrecision.js'
import { fp32Of, mixedOptionNames } from './MixedPrecision.js'
import { maskBits } from './maskLayers.js'
import { byCost, type MeasuredLayer, measureLayers, worstOf } from './measureLayers.js'
import { openLines } from './openLines.js'
import { smallestSet } from './smallestSet.js'
import { asItIs, inFp16 } from './store.js'
import { Trials } from './Trials.js'

const defaultMinSqnrDb = 60
/** More inputs than these judge a set, but do not rank its layers. */
const mostRanking = 4

/**
 * Finds the smallest set of layers that must stay in fp32 so that a network in low precision is as close to its
 * reference as asked for, and writes it into a copy of the network where the engine reads such a thing: ncnn's feature
 * masks. The layers are ranked by what each by itself costs the outputs, the set is grown from the dearest on and then
 * reduced until no layer can be left out; every set is judged by whole runs in a process of its own.
 *
 * @throws TwinferError what opening and running the model and the reference throws; TWINFER_MISSING_INPUT where there is
 *   neither an input nor a pack; TWINFER_INVALID_OPTION for a bar that is no number, and for a copy in the model's own place or, without `force`, in
 *   that of another file;
 *   TWINFER_MODEL_UNSUPPORTED for a binary .param; TWINFER_FILE_UNREADABLE where the copy cannot be written.
 */
export const findMixedPrecision = answering(
  'findMixedPrecision',
  async function findMixedPrecision(model: ModelSource, options: MixedOptions): Promise<MixedPrecision> {
    requireOptions(options, mixedOptionNames)
    requirePath('reference', options.reference, 'Give the original .onnx, another model, or a golden pack.')
    const {
      reference: path,
      inputs,
      minSqnrDb = defaultMinSqnrDb,
      out,
      force,
      emulateFp16,
      ...settings
    } = options
    requireSqnr('minSqnrDb', minSqnrDb)
    await using opened = await openGolden(path, inputs, settings.threads)
    const { reference, golden } = opened
    const candidate = await Candidate.of(model, settings, reference)
    const target = out === undefined ? undefined : copyPath(candidate.file, out)
    if (target !== undefined) await requirePlace(candidate.file, target, force ?? false)
    const low = await candidate.run(golden)
    const fp32 = await candidate.with(fp32Options(settings)).run(golden)
    const stored = (await candidate.file.storages()).filter((storage) => storage !== 'fp32')
    const question = { candidate, golden, low, fp32, stored, minSqnrDb, target, emulate: emulateFp16 }
    return answer(question)
  },
)

/** What is asked, and what is known before any search. */
interface Question {
  readonly candidate: Candidate
  readonly golden: readonly GoldenRun[]
  readonly low: CandidateRun
  readonly fp32: CandidateRun
  /** What the file stores weights as that are not fp32. */
  readonly stored: readonly string[]
  readonly minSqnrDb: number
  /** The path of the copy. */
  readonly target: string | undefined
  readonly emulate: boolean | undefined
}

async function answer(question: Question): Promise<MixedPrecision> {
  const { candidate, golden, low, fp32, minSqnrDb } = question
  const reaches = (run: CandidateRun) => run.sqnrDb !== null && run.sqnrDb >= minSqnrDb
  const ran = low.effective.precision
  const isFp16 = ran.startsWith('fp16')
  const overflowing =
    candidate.engine === 'ncnn' && isFp16 && !storesFp16()
      ? (await forecastOverflow(candidate.with(fp32.options), golden[0]!)).filter(isCertain)
      : []
  const notes = [...low.effective.notes]
  if (!reaches(fp32)) return settled(question, 'unreachable', unreachableSaid(question), notes)
  if (question.emulate && !isFp16) {
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      `emulateFp16: expected fp16, fp16-storage or the default of ncnn to run, received ${ran}`,
    )
  }
  // What breaks here is for here; what only breaks elsewhere is for there.
  const isSound = reaches(low) || low.verdict.pass
  const isEmulated = question.emulate ?? (isSound && overflowing.length > 0)
  if (reaches(low) && !isEmulated) {
    return settled(
      question,
      'nothing-needed',
      `nothing has to stay in fp32: ${ran} gives ${formatDb(low.sqnrDb)} as it is`,
      notes,
    )
  }
  if (candidate.engine === 'mnn') return settled(question, 'unsupported', mnnSaid(ran), notes)
  if (isEmulated && question.emulate === undefined) {
    notes.push(
      `nothing overflows here, where ncnn keeps blobs in fp32; on a processor that keeps them in fp16 (ARM) ${countOf(overflowing)}: the set is for that, from runs that round every blob to fp16 (--no-emulate-fp16: for here)`,
    )
  } else if (!isEmulated && overflowing.length > 0) {
    notes.push(
      `on a processor that keeps blobs in fp16 (ARM) ${countOf(overflowing)}: ask for that with --emulate-fp16`,
    )
  }
  return search(question, isEmulated, notes)
}

function countOf(overflowing: readonly LayerMaximum[]): string {
  const [first] = overflowing
  const others = overflowing.length === 1 ? '' : ` and ${overflowing.length - 1} more`
  return `'${first!.layer}'${others} hold values beyond 65504`
}

/** Not even in fp32: because of how the weights are stored, or for a reason that is not precision. */
function unreachableSaid({ low, fp32, stored, minSqnrDb }: Question): string {
  const gives = `it gives ${formatDb(fp32.sqnrDb)}`
  if (stored.length > 0)
    return `not even ${fp32Of(stored)} reaches ${formatDb(minSqnrDb)}: ${gives}, and the file stores weights as ${stored.join(' and ')}, which no mask takes back. Convert again with fewer layers so stored (of ncnn's int8 table, leave out both lines of a layer; \`twinfer compare --layers\` shows each layer's own error)`
  return `not even fp32 reaches ${formatDb(minSqnrDb)}: ${gives}, so no layer of ${low.effective.precision} is to blame; \`twinfer diagnose\` looks for what is`
}

function isCertain({ level }: { readonly level: 'certain' | 'risk' }): boolean {
  return level === 'certain'
}

/** Whether ncnn keeps blobs in fp16 on this processor's kind; on others only some weights are. */
function storesFp16(): boolean {
  return process.arch === 'arm64' || process.arch === 'arm'
}

function mnnSaid(ran: string): string {
  return `MNN has no precision of a single operator: BackendConfig.precision, which gave ${ran}, is a session's, and its file format has no field for it. Run the whole model in fp32 (Precision_High), or cut it at a tensor into two sessions (ScheduleConfig.path with tensor names), each with its own BackendConfig`
}

/** Without a search. */
function settled(
  question: Question,
  outcome: MixedOutcome,
  said: string,
  notes: readonly string[],
): MixedPrecision {
  const { low, fp32 } = question
  return {
    ...about(question),
    outcome,
    said,
    storage: 'engine',
    before: measureOf(low),
    after: null,
    fp32: measureOf(fp32),
    layers: [],
    changed: 0,
    trials: 0,
    bridges: [],
    param: null,
    written: [],
    open: null,
    notes,
  }
}

function measureOf({ sqnrDb, ms }: CandidateRun): MixedMeasure {
  return { sqnrDb, ms }
}

function about({ candidate, low: { effective }, stored, minSqnrDb }: Question) {
  return {
    model: candidate.file.name,
    reference: candidate.reference.name,
    engine: candidate.engine,
    precision: { requested: effective.requestedPrecision, ran: effective.precision, weights: stored },
    minSqnrDb,
  } as const
}

async function search(question: Question, isEmulated: boolean, notes: string[]): Promise<MixedPrecision> {
  const { candidate, golden, low, minSqnrDb } = question
  const { file } = candidate
  const text = await textOf(file)
  const high = await NcnnTracer.open(file, fp32Options(candidate.options))
  let measured: readonly MeasuredLayer[]
  let feeds: readonly NamedTensors[]
  try {
    feeds = golden.map((run) => candidate.feeds(high.inputs, run))
    measured = await measureAll(high, question, feeds.slice(0, mostRanking), isEmulated)
  } finally {
    await high.dispose()
  }
  const trials = new Trials(feeds)
  try {
    const runs = new MaskedRuns(question, trials, text, await file.requireWeights(), isEmulated)
    const ranked = measured.toSorted(byCost)
    const bits = bitsOf(low)
    let tried = 0
    const found = await smallestSet(ranked, async (set) => {
      progress(`trying ${set.length} of ${ranked.length} layers in fp32`, { done: ++tried })
      const { sqnrDb } = await runs.of(set, bits)
      return sqnrDb !== null && sqnrDb >= minSqnrDb
    })
    notes.push(...runs.notes)
    const before = await runs.timed([], bits)
    const fp32 = await runs.timedFp32()
    const storage: MixedStorage = isEmulated ? 'emulated-fp16' : 'engine'
    const common = {
      ...about(question),
      storage,
      before: plain(before),
      fp32,
      changed: measured.length,
    }
    if (!found) {
      const all = await runs.timed(ranked, bits)
      const said = `not even all ${ranked.length} layers that ${low.effective.precision} changes, kept in fp32, reach ${formatDb(minSqnrDb)}: ${formatDb(all.sqnrDb)}; ${fp32Of(question.stored)} as a whole gives ${formatDb(fp32.sqnrDb)}`
      return {
        ...common,
        outcome: 'unreachable',
        said,
        after: plain(all),
        layers: [],
        trials: tried,
        bridges: [],
        param: null,
        written: [],
        open: null,
        notes,
      }
    }
    const mask = await leastMask(runs, found.set, bits, question)
    const written = await writeMasked(question, mask.tried.text)
    trials.dispose() // confirmed in a process that ran nothing else
    const after = await runs.timed(found.set, mask.bits, written)
    if (isEmulated) await noteHere(runs, mask.tried.text, question, notes)
    const layers = found.set
      .toSorted((a, b) => a.layer - b.layer)
      .map((layer) => ({ ...layer, mask: mask.bits }))
    const said = `${layers.length} of ${ranked.length} layers that ${low.effective.precision} changes have to stay in fp32: ${formatDb(before.sqnrDb)} become ${formatDb(after.sqnrDb)}`
    return {
      ...common,
      outcome: 'found',
      said,
      after: plain(after),
      layers,
      trials: tried,
      bridges: mask.tried.bridges,
      param: mask.tried.text,
      written,
      open: openLines(candidate.options, low, written, question.target ?? nameOf(file)),
      notes,
    }
  } finally {
    trials.dispose()
  }
}

/** What was found for another processor should do no harm on this one. */
async function noteHere(
  runs: MaskedRuns,
  text: string,
  { minSqnrDb }: Question,
  notes: string[],
): Promise<void> {
  const { sqnrDb } = await runs.here(text)
  const falls = sqnrDb === null || sqnrDb < minSqnrDb
  notes.push(
    `as ncnn stores blobs here, the masked copy gives ${formatDb(sqnrDb)}${falls ? ', less than asked for' : ''}`,
  )
}

function plain({ sqnrDb, ms }: MixedMeasure): MixedMeasure {
  return { sqnrDb, ms }
}

async function measureAll(
  high: NcnnTracer,
  { candidate }: Question,
  feeds: readonly NamedTensors[],
  isEmulated: boolean,
): Promise<readonly MeasuredLayer[]> {
  const low = await NcnnTracer.open(candidate.file, candidate.options)
  try {
    const runs: (readonly MeasuredLayer[])[] = []
    for (const inputs of feeds)
      runs.push(await measureLayers(high, low, inputs, isEmulated ? inFp16 : asItIs))
    return worstOf(runs)
  } finally {
    await low.dispose()
  }
}

async function textOf(file: ModelFile): Promise<string> {
  const content = await file.content()
  const { kind, description } = sniffContent(content.subarray(0, 4096))
  if (kind !== 'ncnn-param-bin') return Buffer.from(content).toString('utf8')
  throw new TwinferError('TWINFER_MODEL_UNSUPPORTED', `expected a .param as text, received ${description}`, {
    help: 'A binary .param has no place for a line to be changed in: give the text that it was made from.',
  })
}

/** What has to be masked of what is on: fp16 stores and may compute, bf16 stores. */
function bitsOf({ effective: { options } }: CandidateRun): number {
  const isOn = (...names: readonly string[]) => names.some((name) => options[name] === true)
  return (
    (isOn('use_fp16_arithmetic') ? maskBits.fp16Arithmetic : 0) |
    (isOn('use_fp16_storage', 'use_fp16_packed') ? maskBits.fp16Storage : 0) |
    (isOn('use_bf16_storage', 'use_bf16_packed') ? maskBits.bf16 : 0)
  )
}

/** Where sums in fp16 are to blame alone, their bit is enough: blobs stay small, and nothing has to be widened. */
async function leastMask(
  runs: MaskedRuns,
  set: readonly MeasuredLayer[],
  bits: number,
  { low, minSqnrDb }: Question,
): Promise<{ readonly bits: number; readonly tried: Tried }> {
  if (low.effective.precision === 'fp16' && bits !== maskBits.fp16Arithmetic) {
    const tried = await runs.of(set, maskBits.fp16Arithmetic)
    if (tried.sqnrDb !== null && tried.sqnrDb >= minSqnrDb) return { bits: maskBits.fp16Arithmetic, tried }
  }
  return { bits, tried: await runs.of(set, bits) }
}

/** A folder, or the path of the .param itself. */
function copyPath(file: ModelFile, out: string): string {
  return /\.param$/i.test(out) ? out : join(out, nameOf(file))
}

async function writeMasked({ candidate, target }: Question, text: string): Promise<readonly string[]> {
  if (target === undefined) return []
  const weights = await candidate.file.requireWeights()
  return writeModel(candidate.file, { model: Buffer.from(text), weights }, target)
}
