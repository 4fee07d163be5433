import type { ModelFile } from '../file/ModelFile.js'
import type { RunnableOptions } from '../pack/openRunnable.js'
import type { Pack } from '../pack/Pack.js'
import type { Preprocessing } from '../preprocess/Preprocessing.js'
import type { Cause } from './Cause.js'
import { type Cleared, isHarmless } from './conclude.js'
import type { Findings } from './Findings.js'
import type { ModelReference } from './model/ModelReference.js'
import type { Sample } from './Sample.js'

/** From the cheapest to the dearest. */
export type RungName = 'files' | 'inputs' | 'outputs' | 'runs' | 'precision' | 'layers'

/** What one rung of the ladder looked at and came to. */
export interface Rung {
  readonly rung: RungName
  /** One sentence, without its full stop. */
  readonly said: string
}

/** What the rungs of one diagnosis are given, and what they add to. */
export interface Climb {
  readonly candidate: ModelFile
  readonly reference: ModelReference | undefined
  /** What the candidate's weights can be held against. */
  readonly source: string | Pack | undefined
  readonly options: RunnableOptions
  readonly record: Preprocessing | undefined
  /** With what can be recovered filled in. */
  samples: readonly Sample[]
  readonly findings: Findings[]
  readonly cleared: Cleared[]
  /** Differences that a rung saw and nobody could name, in whole sentences. */
  readonly unexplained: string[]
  readonly rungs: Rung[]
}

/** Adds what a rung found; `said` is what it looked at. */
export function report(climb: Climb, rung: RungName, found: Findings, said: string): void {
  climb.findings.push(found)
  say(climb, rung, found, said)
}

/** Only says what a rung came to: its findings are added with others. */
export function say({ rungs }: Climb, rung: RungName, { causes: [first] }: Findings, said: string): void {
  rungs.push({ rung, said: first && first.code !== 'NONE' ? `${said}: ${first.code}` : said })
}

/** Something is named that is wrong. */
export function isAccused({ findings }: Climb): boolean {
  return findings.some(({ causes }) => causes.some((cause) => !isHarmless(cause)))
}

/** A cause this sure ends the search: what is dearer would only find its consequences. */
const sure = 0.8

/** A fault, and surely. A fault of the input explains nothing on golden inputs. */
export function isSureFault(cause: Cause): boolean {
  return !isHarmless(cause) && !/^(PREPROC|INPUT)_/.test(cause.code) && cause.confidence >= sure
}
