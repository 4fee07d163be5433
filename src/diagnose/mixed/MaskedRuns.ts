import { readFile } from 'node:fs/promises'
import { TwinferError } from '../../errors/TwinferError.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { Candidate, CandidateRun } from '../model/Candidate.js'
import { fp32Options } from '../model/diagnosePrecision.js'
import type { GoldenRun } from '../model/ModelReference.js'
import type { MixedMeasure } from './MixedPrecision.js'
import { type MaskedParam, maskLayers } from './maskLayers.js'
import type { MeasuredLayer } from './measureLayers.js'
import type { Trial, Trials } from './Trials.js'

/** What is masked, and what it is held against. */
interface Subject {
  readonly candidate: Candidate
  readonly golden: readonly GoldenRun[]
  /** Its run as it is, in low precision. */
  readonly low: CandidateRun
}

/** One set of layers, masked and run. */
export interface Tried extends MaskedParam {
  readonly sqnrDb: number | null
  readonly ms: number | null
}

/** Runs of the network with layers masked, each judged by all inputs. */
export class MaskedRuns {
  readonly notes: string[] = []

  constructor(
    private readonly subject: Subject,
    private readonly trials: Trials,
    private readonly text: string,
    private readonly weights: Trial['weights'],
    private readonly isEmulated: boolean,
  ) {}

  /** A set that ends its process, or that ncnn refuses, gives nothing; said in the notes. */
  async of(set: readonly MeasuredLayer[], bits: number): Promise<Tried> {
    const masked = maskLayers(this.text, new Set(set.map(({ layer }) => layer)), bits)
    try {
      return { ...masked, ...(await this.#run(masked.text, masked.wide, false)) }
    } catch (error) {
      if (!(error instanceof TwinferError)) throw error
      this.notes.push(`${set.length} masked layers: ${error.message}`)
      return { ...masked, sqnrDb: null, ms: null }
    }
  }

  /**
   * The same with its time, of the files that were written where there are some.
   *
   * @throws TwinferError what `Trials.run` throws.
   */
  async timed(
    set: readonly MeasuredLayer[],
    bits: number,
    [model, weights]: readonly string[] = [],
  ): Promise<MixedMeasure> {
    const { text, wide } = maskLayers(this.text, new Set(set.map(({ layer }) => layer)), bits)
    if (model === undefined) return this.#run(text, wide, true)
    return this.#run(await readFile(model, 'utf8'), wide, true, weights)
  }

  /** As the engine stores blobs on this processor. */
  here(param: string): Promise<MixedMeasure> {
    const options = sendable(this.subject.candidate.options)
    return this.#judge({ param, weights: this.weights, options })
  }

  async timedFp32(): Promise<MixedMeasure> {
    const { candidate } = this.subject
    return this.#judge({
      param: this.text,
      weights: this.weights,
      options: fp32Options(sendable(candidate.options)),
      timed: true,
    })
  }

  #run(
    param: string,
    wide: ReadonlySet<number>,
    timed: boolean,
    weights = this.weights,
  ): Promise<MixedMeasure> {
    const options = sendable(this.subject.candidate.options)
    return this.#judge({ param, weights, options, timed, ...(this.isEmulated && { storingFp16: wide }) })
  }

  async #judge(trial: Trial): Promise<MixedMeasure> {
    const { candidate, golden, low } = this.subject
    const { outputs, names, ms } = await this.trials.run(trial)
    return { sqnrDb: candidate.judgeAll(golden, outputs, names, low.judging).sqnrDb, ms }
  }
}

/** Functions do not go to another process; a record of pictures is not asked for there. */
function sendable({ logger: _, sidecar: __, ...options }: RunnableOptions): RunnableOptions {
  return options
}
