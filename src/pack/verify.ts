import { conformInputs } from '../compare/conformInputs.js'
import { nameLayer } from '../compare/outputs/nameLayer.js'
import type { InputPairing } from '../compare/pairInputs.js'
import { parseTolerances, requireKnownOutputs } from '../compare/parseTolerances.js'
import { answering } from '../errors/answering.js'
import { nameInputs } from '../model/nameInputs.js'
import type { NamedTensors } from '../tensor/NamedTensors.js'
import { Tensor } from '../tensor/Tensor.js'
import type { ZipLimits } from '../zip/ZipLimits.js'
import { appendRun } from './appendRun.js'
import { findModel } from './findModel.js'
import { judgeDeployed } from './judgeDeployed.js'
import { judgeRun } from './judgeRun.js'
import { locateFault } from './locateFault.js'
import { noticesFor } from './noticesFor.js'
import type { RunnableOptions } from './openRunnable.js'
import { overflowForecast } from './overflowForecast.js'
import { Pack } from './Pack.js'
import type { PackInputs } from './PackInputs.js'
import type { PackNotice } from './PackNotice.js'
import { PackSession } from './PackSession.js'
import type { FinishedVerdict, PackVerdict } from './PackVerdict.js'
import { requireRepeat } from './requireRepeat.js'

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
  async function verify(pack: string, model?: string, options: VerifyOptions = {}): Promise<PackVerdict> {
    return (await verifyWithValues(pack, model, options)).verdict
  },
)

/** As `verify`, for what needs the values that were judged. */
export async function verifyWithValues(
  pack: string,
  model?: string,
  options: VerifyOptions = {},
): Promise<FinishedVerdict> {
  const { inputs, tolerances, repeat = 3, append = false, limits, ...settings } = options
  requireRepeat(repeat)
  const opened = await Pack.open(pack, limits)
  try {
    const names = opened.manifest.recorded.outputs.map(({ name }) => name)
    // Before anything runs: judging asks again, but that may be minutes later.
    requireKnownOutputs(parseTolerances(tolerances ?? []), names)
    const session = await PackSession.open(model ?? findModel(opened), settings)
    try {
      return await verifySession(opened, session, { inputs, tolerances, repeat, append })
    } finally {
      await session.close()
    }
  } finally {
    opened.close()
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
  const { feeds, pairing } = conformInputs(manifest.inputs, session.inputs, recorded)
  const number = manifest.runs.length + 1
  const finished = await session.run(feeds, repeat, pack.file, `runs/${number}/outputs`)
  const { run, outputs, timing, members } = finished
  const judged = judgeRun(manifest, golden, run, outputs, tolerances)
  const deployed =
    inputs === undefined
      ? undefined
      : await judgeDeployed(feeds, givenInputs(pack, session, inputs, pairing), async (given) =>
          judgeRun(manifest, golden, run, await session.runOnce(given), tolerances),
        )
  const layers = judged.verdict.pass ? undefined : await locateFault(pack, session, recorded, feeds, judged)
  if (append) await appendRun(pack, run, members)
  const verdict = judged.verdict.pass && deployed ? deployed.verdict : nameLayer(judged.verdict, layers)
  const packVerdict = {
    pass: verdict.pass,
    notices: [...noticesFor(manifest.recorded, run), ...inputNotices(pairing)],
    run,
    timing,
    ...judged,
    verdict,
    ...(layers && { layers }),
    overflow: judged.verdict.pass ? [] : overflowForecast(manifest, run),
    ...(deployed && { deployed }),
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
  return conformInputs(manifest.inputs, session.inputs, nameInputs(manifest.inputs, inputs)).feeds
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
