import { parseTolerances, requireKnownOutputs } from '../compare/judge/parseTolerances.js'
import { nameLayer } from '../compare/outputs/compareOutputs.js'
import {
  conformInputs,
  haveOtherNumbers,
  type InputPairing,
  type PairableInput,
  type PairInputOptions,
} from '../compare/outputs/pairInputs.js'
import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import type { ModelSource } from '../file/ModelFile.js'
import { nameInputs } from '../model/nameInputs.js'
import type { ModelRecord } from '../preprocess/sidecar/ModelRecord.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Tensor } from '../tensor/Tensor.js'
import type { ZipLimits } from '../zip/ZipArchive.js'
import {
  type FinishedVerdict,
  type JudgedRun,
  judgeDeployed,
  judgePicture,
  judgeRun,
  type PackVerdict,
} from './judgeRun.js'
import { locateFault } from './locateFault.js'
import { noticesFor, overflowForecast, type PackNotice } from './noticesFor.js'
import { findModel, type RunnableOptions, runnableOptionNames } from './openRunnable.js'
import { Pack } from './Pack.js'
import type { PackManifest } from './PackManifest.js'
import { type PackInputs, PackSession } from './PackSession.js'
import type { RemadeInputs } from './packImages.js'
import { appendRun } from './writePack.js'

export interface VerifyOptions extends RunnableOptions {
  /** Inputs that should be the recorded ones, as an application made them. Default: the recorded ones alone. */
  readonly inputs?: PackInputs
  /** In place of those in the pack. */
  readonly tolerances?: readonly string[]
  /** How often the model runs, to measure its noise floor. Default: 3. */
  readonly repeat?: number
  /** Keeps the run in the pack, so that `rejudge` needs no model. Default: false. */
  readonly append?: boolean
  /** Default: 10,000 members, 4 GiB, 200 times. */
  readonly limits?: ZipLimits
}

const optionNames: OptionNames<VerifyOptions> = {
  inputs: true,
  tolerances: true,
  repeat: true,
  append: true,
  limits: true,
  ...runnableOptionNames,
}

/**
 * Runs a model on a golden pack's inputs and judges its outputs by the precision that really ran.
 *
 * @param model default: the one that was recorded, looked for beside the pack and in the current folder.
 *   Another file of the same network (fp16, another engine) may be given.
 * @throws TwinferError what `Pack.open`, `open()` and `run()` throw, TWINFER_FILE_NOT_FOUND where no model is
 *   found, TWINFER_USAGE for a tolerance that is none.
 */
export const verify = answering(
  'verify',
  async function verify(
    pack: string,
    model?: ModelSource,
    options: VerifyOptions = {},
  ): Promise<PackVerdict> {
    requireOptions(options, optionNames)
    return (await verifyWithValues(pack, model, options)).verdict
  },
)

/** As `verify`, for what needs the values that were judged. */
export async function verifyWithValues(
  pack: string,
  model?: ModelSource,
  options: VerifyOptions = {},
): Promise<FinishedVerdict> {
  const { inputs, tolerances, repeat = 3, append = false, limits, ...settings } = options
  requireRepeat(repeat)
  const opened = await Pack.open(pack, limits)
  try {
    const names = opened.manifest.recorded.outputs.map(({ name }) => name)
    // Before anything runs: judging asks again, but that may be minutes later.
    requireKnownOutputs(parseTolerances(tolerances ?? []), names)
    const session = await PackSession.open(model ?? (await findModel(opened)), settings)
    try {
      return await verifySession(opened, session, { inputs, tolerances, repeat, append })
    } finally {
      await session.close()
    }
  } finally {
    await opened.close()
  }
}

type Verification = Required<Pick<VerifyOptions, 'repeat' | 'append'>> & {
  readonly inputs: PackInputs | undefined
  readonly tolerances: readonly string[] | undefined
}

async function verifySession(
  pack: Pack,
  session: PackSession,
  { inputs, tolerances, repeat, append }: Verification,
): Promise<FinishedVerdict> {
  const { manifest } = pack
  const recorded = await pack.readAll(manifest.inputs)
  const golden = await pack.readAll(manifest.recorded.outputs)
  const number = manifest.runs.length + 1
  const runRead = async (options: PairInputOptions = {}) => {
    const conformed = conformInputs(inputsOf(manifest), session.inputs, recorded, options)
    const finished = await session.run(conformed.feeds, repeat, pack.file, `runs/${number}/outputs`)
    const judged = judgeRun(manifest, golden, finished.run, finished.outputs, tolerances)
    return { ...conformed, ...finished, judged, ...options }
  }
  const mayBeNumbers = manifest.recorded.model.engine === 'onnx' && haveOtherNumbers(inputsOf(manifest))
  const taken = await firstThatPasses(runRead, mayBeNumbers ? [{}, { numbersFirst: true }] : [{}])
  const { run, outputs, timing, members, feeds, pairing, judged } = taken
  const deployed =
    inputs === undefined
      ? undefined
      : await judgeDeployed(feeds, givenInputs(pack, session, inputs, pairing), async (given) =>
          judgeRun(manifest, golden, run, await session.runOnce(given), tolerances),
        )
  const record = await session.record()
  const remade = await remake(pack, record, pairing)
  const picture =
    remade &&
    (await judgePicture(feeds, remadeFeeds(pack, session, recorded, remade, pairing), remade, async (given) =>
      judgeRun(manifest, golden, run, await session.runOnce(given), tolerances),
    ))
  const layers = judged.verdict.pass ? undefined : await locateFault(pack, session, recorded, feeds, judged)
  if (append) await appendRun(pack, run, members)
  const others = [deployed, picture].flatMap((other) => (other ? [other.verdict] : []))
  const verdict = judged.verdict.pass
    ? (others.find(({ pass }) => !pass) ?? others[0] ?? judged.verdict)
    : nameLayer(judged.verdict, layers)
  const packVerdict = {
    pass: verdict.pass,
    notices: [
      ...noticesFor(manifest.recorded, run),
      ...inputNotices(pairing),
      ...record.warnings.map(staleNotice),
      ...(taken.numbersFirst ? [numberNotice] : []),
    ],
    run,
    timing,
    ...judged,
    verdict,
    ...(layers && { layers }),
    overflow: judged.verdict.pass ? [] : overflowForecast(manifest, run),
    ...(deployed && { deployed }),
    ...(picture && { picture }),
    number: append ? number : null,
  }
  return { verdict: packVerdict, golden, outputs }
}

/** The inputs that should be the recorded ones, under the model's names; the pack's names for them do as well. */
function givenInputs(
  { manifest }: Pack,
  session: PackSession,
  inputs: PackInputs,
  pairing: InputPairing,
): NamedTensors {
  if (typeof inputs === 'function') return inputs(session.inputs, pairing)
  const isNamed = typeof inputs === 'object' && !Array.isArray(inputs) && !ArrayBuffer.isView(inputs)
  const isRecorded = isNamed && !(inputs instanceof Tensor) && isNamedAs(manifest.inputs, inputs)
  if (!isRecorded) return nameInputs(session.inputs, inputs)
  return conformAs(manifest, session, nameInputs(manifest.inputs, inputs), pairing)
}

/** Undefined where the pack has no pictures: what makes inputs of them is not loaded then. */
async function remake(
  pack: Pack,
  record: ModelRecord,
  pairing: InputPairing,
): Promise<RemadeInputs | undefined> {
  if (!pack.manifest.images?.length) return undefined
  const { remakeInputs } = await import('./packImages.js')
  return remakeInputs(pack, record, pairing)
}

/** All inputs as the model takes them, those that were made again of pictures among them. */
function remadeFeeds(
  { manifest }: Pack,
  session: PackSession,
  recorded: NamedTensors,
  remade: RemadeInputs,
  pairing: InputPairing,
): NamedTensors {
  const all: NamedTensors = Object.assign(Object.create(null), recorded, remade.recorded)
  return Object.assign(Object.create(null), conformAs(manifest, session, all, pairing), remade.own)
}

/** Tensors under the pack's names as the model takes them, by pairs that are known. */
function conformAs(
  manifest: PackManifest,
  session: PackSession,
  given: NamedTensors,
  { pairs }: InputPairing,
): NamedTensors {
  const known = pairs.map((pair) => [pair.reference, pair.candidate] as const)
  return conformInputs(inputsOf(manifest), session.inputs, given, { given: known }).feeds
}

/** The run of the first reading, in whatever way it fails, unless another one passes. */
async function firstThatPasses<R extends { readonly judged: JudgedRun }>(
  run: (options: PairInputOptions) => Promise<R>,
  [first, ...others]: readonly [PairInputOptions, ...PairInputOptions[]],
): Promise<R> {
  const ran = run(first)
  const failed = await ran.then(
    ({ judged }) => !judged.verdict.pass,
    (error) => error instanceof TwinferError,
  )
  for (const options of failed ? others : []) {
    const other = await run(options).catch(unlessOurs)
    if (other?.judged.verdict.pass) return other
  }
  return ran
}

/** A reading that cannot run is none. */
function unlessOurs(error: unknown): undefined {
  if (!(error instanceof TwinferError)) throw error
}

/** All that the recorded model has, as far as the pack knows. */
export function inputsOf({ inputs, modelInputs }: PackManifest): readonly PairableInput[] {
  return (
    modelInputs?.map(({ name, shape, unused }) => ({ name, shape: shape ?? undefined, unused })) ?? inputs
  )
}

const numberNotice: PackNotice = {
  code: 'inputs-by-number',
  severity: 'info',
  message: "the inputs were paired by pnnx's numbers: taken for names, they make the model fail",
}

function staleNotice(message: string): PackNotice {
  return { code: 'sidecar-differs', severity: 'warning', message }
}

function isNamedAs(infos: readonly { readonly name: string }[], inputs: object): boolean {
  const names = Object.keys(inputs)
  return names.length > 0 && names.every((name) => infos.some((info) => info.name === name))
}

function inputNotices({ dropped }: InputPairing): readonly PackNotice[] {
  return dropped.map((name) => ({
    code: 'input-dropped',
    severity: 'info',
    message: `the model has no input '${name}', which the recorded one has`,
  }))
}

/** Throws TWINFER_INVALID_OPTION unless it is a whole number from 1 to 1000. */
export function requireRepeat(repeat: number): void {
  if (Number.isSafeInteger(repeat) && repeat >= 1 && repeat <= 1000) return
  throw new TwinferError(
    'TWINFER_INVALID_OPTION',
    `repeat: expected a whole number from 1 to 1000, received ${describeValue(repeat)}`,
  )
}
