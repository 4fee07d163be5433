import { answering } from '../errors/answering.js'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import { progress } from '../format/progress.js'
import type { RunnableOptions } from '../pack/openRunnable.js'
import type { Preprocessing } from '../preprocess/Preprocessing.js'
import type { Cause } from './Cause.js'
import { completeSamples } from './completeSamples.js'
import { type Cleared, type Conclusion, conclude } from './conclude.js'
import type { Findings } from './Findings.js'
import { Reference } from './Reference.js'
import { climbFiles } from './rungs/climbFiles.js'
import { climbInputs } from './rungs/climbInputs.js'
import { climbRuns } from './rungs/climbRuns.js'
import type { Sample } from './Sample.js'

/** How the candidate runs (as `open()` takes it), and what it is held against. */
export interface DiagnoseOptions extends RunnableOptions {
  /** The original (.onnx), another model that is right, or a golden pack. */
  readonly reference?: ModelSource | undefined
  /** Pictures, inputs and outputs, one entry a picture. Default: those of the pack. */
  readonly samples?: readonly Sample[] | undefined
  /** How the application, or its record, makes an input of a picture. */
  readonly record?: Preprocessing | undefined
}

export type RungName = 'files' | 'inputs' | 'outputs' | 'runs' | 'precision' | 'layers'

/** What one rung of the ladder looked at and came to. */
export interface Rung {
  readonly rung: RungName
  /** One sentence. */
  readonly said: string
}

export interface Diagnosis extends Conclusion {
  readonly causes: readonly [Cause, ...Cause[]]
  /** In the order in which they were climbed. */
  readonly rungs: readonly Rung[]
}

/** What the rungs hand to each other, and what they add to. */
export interface Climb {
  readonly candidate: ModelFile
  readonly reference: Reference | undefined
  readonly options: RunnableOptions
  readonly record: Preprocessing | undefined
  samples: readonly Sample[]
  readonly findings: Findings[]
  readonly cleared: Cleared[]
  readonly unexplained: string[]
  readonly rungs: Rung[]
}

/**
 * Finds out why a converted model, or what an application makes of it, is not as the original: climbs from the
 * cheapest evidence to the dearest with whatever it is given, and stops where that suffices. The same evidence gives
 * the same answer.
 *
 * A candidate that cannot be opened is an answer, not an error. Throws TWINFER_FILE_NOT_FOUND and what
 * `ModelFile.from` throws for a candidate that is no model, and what opening the reference throws.
 */
export const diagnose = answering(
  'diagnose',
  async function diagnose(candidate: ModelSource, options: DiagnoseOptions = {}): Promise<Diagnosis> {
    const { reference: source, samples = [], record, ...settings } = options
    const file = await ModelFile.from(candidate)
    const reference = source === undefined ? undefined : await Reference.open(source)
    try {
      const climb: Climb = {
        candidate: file,
        reference,
        options: settings,
        record,
        samples: await completeSamples(samples, reference, record),
        findings: [],
        cleared: [],
        unexplained: [],
        rungs: [],
      }
      progress(`looking at ${file.name}`)
      const opens = await climbFiles(climb)
      await climbInputs(climb)
      await climbRuns(climb, opens)
      return { ...conclude(climb.findings, climb.cleared, climb.unexplained), rungs: climb.rungs }
    } finally {
      await reference?.close()
    }
  },
)
