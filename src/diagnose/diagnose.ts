import { type Opener, openHere } from '../check/tryOpening.js'
import { answering } from '../errors/answering.js'
import { type OptionNames, requireOptions } from '../errors/requireOptions.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { type RunnableOptions, runnableOptionNames } from '../pack/openRunnable.js'
import type { Preprocessing } from '../preprocess/Preprocessing.js'
import type { Climb, Rung } from './Climb.js'
import { completeSamples } from './completeSamples.js'
import { type Conclusion, conclude } from './conclude.js'
import { nothing } from './Findings.js'
import { diagnoseFiles, type FileFindings } from './model/diagnoseFiles.js'
import { ModelReference } from './model/ModelReference.js'
import { type AppliedRemedy, applyRemedies, requireFixFolder } from './remedies.js'
import { climbInputs } from './rungs/climbInputs.js'
import { climbRecorded } from './rungs/climbRecorded.js'
import { climbRuns } from './rungs/climbRuns.js'
import { goldenRuns } from './rungs/goldenRuns.js'
import { recoverGolden } from './rungs/recoverGolden.js'
import type { Sample } from './Sample.js'

/** How the candidate runs (as `open()` takes it), and what it is held against. */
export interface DiagnoseOptions extends RunnableOptions {
  /** The path of the original (.onnx), of another model that is right, or of a golden pack. */
  readonly reference?: string | undefined
  /** Pictures, inputs and outputs, one entry a picture. Default: the pack's. */
  readonly samples?: readonly Sample[] | undefined
  /** How the application makes an input of a picture, or should. */
  readonly record?: Preprocessing | undefined
  /** Applies the cheapest remedies and measures again; corrected copies go into this folder. Default: nothing is applied. */
  readonly fix?: string | undefined
}

const optionNames: OptionNames<DiagnoseOptions> = {
  reference: true,
  samples: true,
  record: true,
  fix: true,
  ...runnableOptionNames,
}

export interface Diagnosis extends Conclusion {
  /** In the order in which they were climbed. */
  readonly rungs: readonly Rung[]
  /** With `fix`: what was applied, with what was measured before and after. */
  readonly remedies: readonly AppliedRemedy[]
}

/**
 * Finds out why a converted model, or what an application makes of it, is not as the original: climbs from the
 * cheapest evidence to the dearest with whatever it is given, and stops where that suffices. The same evidence gives
 * the same answer. A candidate that cannot be opened is an answer, not an error.
 *
 * Throws what `ModelFile.from` throws for a candidate that is not there or is no model, what opening the reference
 * and running it throws, and TWINFER_MISSING_DEPENDENCY where an .onnx is the reference and no onnxruntime is
 * installed.
 */
export const diagnose = answering(
  'diagnose',
  async function diagnose(candidate: ModelSource, options: DiagnoseOptions = {}): Promise<Diagnosis> {
    requireOptions(options, optionNames)
    return diagnoseWith(openHere, candidate, options)
  },
)

/** `diagnose`, with another way of opening the candidate once its files read as sound. */
export async function diagnoseWith(
  opener: Opener,
  candidate: ModelSource,
  options: DiagnoseOptions,
): Promise<Diagnosis> {
  const { reference: path, samples = [], record, fix, ...settings } = options
  const file = await ModelFile.from(candidate)
  if (fix !== undefined) await requireFixFolder(file, fix)
  const kept = samples.find(({ golden, referenceOutput }) => golden && referenceOutput)?.referenceOutput
  const reference =
    path !== undefined
      ? await ModelReference.openPath(path, settings.threads)
      : kept && (await ModelReference.ofOutputs(file, settings, kept))
  try {
    const climb: Climb = {
      candidate: file,
      reference,
      // Only an .onnx says what the weights were before they were converted.
      source: reference?.pack ?? (reference?.isOriginal ? path : undefined),
      options: settings,
      record,
      samples: completeSamples(samples, await reference?.recorded(), record),
      findings: [],
      cleared: [],
      unexplained: [],
      rungs: [],
    }
    const files = await climbFiles(climb, opener)
    climb.samples = await recoverGolden(climb)
    const inputs = climbInputs(climb)
    const golden = await goldenRuns(climb)
    const climbed = await climbRuns(climb, files, golden)
    await climbRecorded(climb, golden, climbed)
    if (isNothingSeen(climb)) climb.findings.push({ ...nothing, missing: [wanted(climb)] })
    const conclusion = conclude(climb.findings, climb.cleared, climb.unexplained)
    const remedies =
      fix === undefined
        ? []
        : await applyRemedies(climb, climbed, files, golden, conclusion.causes, inputs, fix)
    return { ...conclusion, rungs: climb.rungs, remedies }
  } finally {
    await reference?.dispose()
  }
}

function isNothingSeen({ findings, cleared, unexplained }: Climb): boolean {
  return cleared.length + unexplained.length === 0 && findings.every(({ causes }) => causes.length === 0)
}

/** What would show most, in one sentence. */
function wanted({ reference, samples }: Climb): string {
  const hasInput = samples.some(({ golden, deployed, image }) => golden ?? deployed ?? image)
  if (!reference)
    return 'Give the original as --reference and an input as --golden-input: what both make of it can be compared.'
  return hasInput
    ? 'Give what the original is fed as --golden-input, or how it is made of the picture as --sidecar: what both make of it can be compared.'
    : 'Give an input of the original as --golden-input: what both make of it can be compared.'
}

/** The files by themselves and beside their source: nothing is computed. */
async function climbFiles(
  { candidate, reference, source, findings, rungs }: Climb,
  opener: Opener,
): Promise<FileFindings> {
  const files = await diagnoseFiles(candidate, source, { opener })
  findings.push(files)
  const [first] = files.causes
  const held = files.compared.matched.length > 0 ? `, its weights beside those of ${reference?.name}` : ''
  rungs.push({ rung: 'files', said: `${candidate.name}${held}: ${first ? first.code : 'sound'}` })
  return files
}
