import type { Judging, OutputVerdict } from '../../compare/outputs/compareOutputs.js'
import {
  type ComparedOutput,
  compareOutputs,
  summariseVerdicts,
} from '../../compare/outputs/compareOutputs.js'
import { judgingOf } from '../../compare/outputs/judgingOf.js'
import { conformInputs, haveOtherNumbers } from '../../compare/outputs/pairInputs.js'
import { pairOutputs } from '../../compare/outputs/pairOutputs.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { ModelFile, type ModelSource } from '../../file/ModelFile.js'
import { progress } from '../../format/progress.js'
import type { Effective, Model } from '../../model/Model.js'
import { open } from '../../model/open.js'
import type { TensorInfo } from '../../model/options.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { IsolatingTracer } from '../../trace/LayerTracer.js'
import { openTracer } from '../../trace/traceLayers.js'
import type { GoldenRun, ModelReference } from './ModelReference.js'

/** What a candidate gives on the golden inputs with one set of options, held against the original. */
export interface CandidateRun {
  readonly options: RunnableOptions
  readonly effective: Effective
  /** Of each golden run, in their order, under the candidate's names. */
  readonly outputs: readonly NamedTensors[]
  /** Of the golden run that is worst. */
  readonly compared: readonly ComparedOutput[]
  readonly verdict: OutputVerdict
  readonly judging: Judging
  /** The least SQNR of all outputs of all runs, in dB; null where something cannot be compared. */
  readonly sqnrDb: number | null
  /** The SQNR that its precision is held to; null where there is no rule for it, or nothing was measured. */
  readonly floorDb: number | null
  /** Milliseconds of the last run. */
  readonly ms: number
}

/** A converted model that is opened again and again, with other options each time. */
export class Candidate {
  #numbersFirst: boolean | undefined

  private constructor(
    readonly file: ModelFile & { readonly engine: 'ncnn' | 'mnn' },
    readonly options: RunnableOptions,
    readonly reference: ModelReference,
  ) {}

  /** Nothing is opened yet. Throws what `ModelFile.from` throws, and TWINFER_MODEL_UNSUPPORTED for an .onnx. */
  static async of(
    model: ModelSource,
    options: RunnableOptions,
    reference: ModelReference,
  ): Promise<Candidate> {
    const file = await ModelFile.from(model)
    file.requireConverted()
    return new Candidate(file as Candidate['file'], options, reference)
  }

  get engine(): 'ncnn' | 'mnn' {
    return this.file.engine
  }

  /** With these options in place of its own. */
  with(options: RunnableOptions): Candidate {
    const other = new Candidate(this.file, options, this.reference)
    other.#numbersFirst = this.#numbersFirst
    return other
  }

  /** Throws what `open()` throws. */
  open(): Promise<Model> {
    return open(this.file, this.options)
  }

  openTracer(): Promise<IsolatingTracer> {
    return openTracer(this.file, this.options)
  }

  /** A golden input under the candidate's names, in its layouts and types. */
  feeds(infos: readonly TensorInfo[], { inputs }: GoldenRun): NamedTensors {
    const numbersFirst = this.#numbersFirst ?? false
    return conformInputs(this.reference.inputs, infos, inputs, { numbersFirst }).feeds
  }

  /**
   * Runs and judges. Where inputs may be numbers instead of names, both are tried and the better is kept from then on.
   *
   * @throws TwinferError what `open()` and `run()` throw.
   */
  async run(golden: readonly GoldenRun[]): Promise<CandidateRun> {
    if (this.#numbersFirst !== undefined || !this.#mayBeNumbers()) return this.#runAsRead(golden)
    const readings = [false, true]
    let best: { readonly numbersFirst: boolean; readonly run: CandidateRun } | undefined
    let failure: unknown
    for (const numbersFirst of readings) {
      this.#numbersFirst = numbersFirst
      const run = await this.#runAsRead(golden).catch((error: unknown) => {
        if (!(error instanceof TwinferError)) throw error
        failure = error
      })
      if (run && (!best || isBetter(run, best.run))) best = { numbersFirst, run }
      if (run?.verdict.pass) break
    }
    this.#numbersFirst = best?.numbersFirst
    if (!best) throw failure
    return best.run
  }

  #mayBeNumbers(): boolean {
    return this.reference.isOriginal && haveOtherNumbers(this.reference.inputs)
  }

  async #runAsRead(golden: readonly GoldenRun[]): Promise<CandidateRun> {
    progress(`running ${this.file.name}`)
    const model = await this.open()
    try {
      const outputs: NamedTensors[] = []
      let ms = 0
      for (const run of golden) {
        const feeds = this.feeds(model.inputs, run)
        const start = performance.now()
        outputs.push(await model.run(feeds))
        ms = performance.now() - start
      }
      const { effective } = model
      const judging = await judgingOf(this.file, effective.precision)
      const names = model.outputs.map(({ name }) => name)
      const { options } = this
      return { ...this.judgeAll(golden, outputs, names, judging), options, effective, outputs, judging, ms }
    } finally {
      await model.dispose()
    }
  }

  /** Holds the outputs of all golden runs, wherever they come from, against the original's: the worst run counts. */
  judgeAll(
    golden: readonly GoldenRun[],
    outputs: readonly NamedTensors[],
    names: readonly string[],
    judging: Judging,
  ): Pick<CandidateRun, 'compared' | 'verdict' | 'floorDb' | 'sqnrDb'> {
    const all = golden.map((run, i) => this.judge(run, outputs[i]!, names, judging))
    const worst = all.reduce((a, b) => (isWorse(b, a) ? b : a))
    return { ...worst, sqnrDb: leastDb(all.flatMap((one) => one.compared)) }
  }

  /** Holds one run's outputs, wherever they come from, against the original's. */
  judge(
    run: GoldenRun,
    outputs: NamedTensors,
    names: readonly string[],
    judging: Judging,
  ): Pick<CandidateRun, 'compared' | 'verdict' | 'floorDb'> {
    const pairing = pairOutputs(run.outputs, outputs, {
      isReferenceOriginal: this.reference.isOriginal,
      referenceNames: this.reference.outputNames,
      candidateNames: names,
    })
    const compared = compareOutputs(run.outputs, outputs, pairing, () => judging)
    const verdict = summariseVerdicts(compared)
    return { compared, verdict, floorDb: 'floorDb' in verdict ? verdict.floorDb : null }
  }
}

function isWorse(
  a: Pick<CandidateRun, 'compared' | 'verdict'>,
  b: Pick<CandidateRun, 'compared' | 'verdict'>,
): boolean {
  if (a.verdict.pass !== b.verdict.pass) return !a.verdict.pass
  return (leastDb(a.compared) ?? -Infinity) < (leastDb(b.compared) ?? -Infinity)
}

/** Passing over failing, then by dB. */
export function isBetter(a: CandidateRun, b: CandidateRun): boolean {
  if (a.verdict.pass !== b.verdict.pass) return a.verdict.pass
  return (a.sqnrDb ?? -Infinity) > (b.sqnrDb ?? -Infinity)
}

function leastDb(compared: readonly ComparedOutput[]): number | null {
  let least = Number.POSITIVE_INFINITY
  for (const { sqnrDb, elements } of compared) {
    if (elements === 0) continue
    if (sqnrDb === null || sqnrDb === undefined) return null
    least = Math.min(least, sqnrDb)
  }
  return least
}
