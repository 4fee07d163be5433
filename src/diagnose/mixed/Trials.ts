import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { errorOf, type Failure } from '../../errors/failure.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { FileOrBytes } from '../../file/ModelFile.js'
import type { OpenOptions } from '../../model/options.js'
import { crashOf } from '../../process/childProcesses.js'
import type { DType, Layout, TypedArray } from '../../tensor/DType.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'

/** A network to be run where it can do no harm. */
export interface Trial {
  /** The text of its .param. */
  readonly param: string
  readonly weights: FileOrBytes
  readonly options: OpenOptions
  /** Keep blobs in fp16 in between, save between these layers. Undefined: as the engine keeps them. */
  readonly storingFp16?: ReadonlySet<number> | undefined
  /** Measure how long a run takes. */
  readonly timed?: boolean
}

/** What a network gives for each of the inputs. */
export interface TrialResult {
  readonly outputs: readonly NamedTensors[]
  /** In the model's order. */
  readonly names: readonly string[]
  /** Milliseconds of a run as the engine runs it, the median of several; null where that was not asked for. */
  readonly ms: number | null
}

/** A tensor as it goes from one process to another. */
export interface PlainTensor {
  readonly data: TypedArray
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly layout: Layout
}

export type PlainTensors = Readonly<Record<string, PlainTensor>>

/** What the child is told: what to run everything on, or what to run. */
export type TrialMessage = { readonly feeds: readonly PlainTensors[] } | Trial

/** What it answers a trial. */
export type TrialAnswer =
  | {
      readonly outputs: readonly PlainTensors[]
      readonly names: readonly string[]
      readonly ms: number | null
    }
  | { readonly failure: Failure }

const script = fileURLToPath(new URL('trialChild.js', import.meta.url))

/**
 * Runs networks that may end the process, in a child of its own that is started again where that happens. To be
 * disposed of, which ends it.
 */
export class Trials {
  #child: ChildProcess | undefined
  /** What it ran may have written where it should not: the next one may be who suffers. */
  #isUsed = false

  constructor(private readonly feeds: readonly NamedTensors[]) {}

  /**
   * @throws TwinferError what `open()` and `run()` throw, and TWINFER_ENGINE_CRASHED where the network ended its process,
   *   one that had run no other.
   */
  async run(trial: Trial): Promise<TrialResult> {
    const wasUsed = this.#isUsed
    try {
      return await this.#runOnce(trial)
    } catch (error) {
      const isCrash = error instanceof TwinferError && error.code === 'TWINFER_ENGINE_CRASHED'
      if (!isCrash || !wasUsed) throw error
      this.dispose()
      return this.#runOnce(trial)
    }
  }

  async #runOnce(trial: Trial): Promise<TrialResult> {
    const child = this.#start()
    this.#isUsed = true
    const answer = await new Promise<TrialAnswer>((resolve, reject) => {
      const onMessage = (message: TrialAnswer) => settle(() => resolve(message))
      const onError = ({ message }: Error) => settle(() => reject(crashed(message)))
      const onClose = (code: number | null, signal: NodeJS.Signals | null) => {
        settle(() => reject(crashed(crashOf(code, signal) ?? `exit code ${code}`)))
      }
      const settle = (then: () => void) => {
        child.off('message', onMessage).off('error', onError).off('close', onClose)
        then()
      }
      child.on('message', onMessage).on('error', onError).on('close', onClose)
      child.send(trial satisfies TrialMessage)
    })
    if ('failure' in answer) throw errorOf(answer.failure)
    return { ...answer, outputs: answer.outputs.map(tensorsOf) }
  }

  /** Ends the process; another trial starts a new one. */
  dispose(): void {
    this.#child?.kill()
    this.#child = undefined
    this.#isUsed = false
  }

  #start(): ChildProcess {
    if (this.#child) return this.#child
    const child = fork(script, [], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    })
    // One that ends between two trials is started again; without a listener its error would end this process.
    child
      .on('error', () => {})
      .on('close', () => {
        if (this.#child === child) this.#child = undefined
      })
    child.send({ feeds: this.feeds.map(plainTensors) } satisfies TrialMessage)
    this.#child = child
    return child
  }
}

function crashed(how: string): TwinferError {
  return new TwinferError('TWINFER_ENGINE_CRASHED', `running it ends the process (${how})`)
}

export function plainTensors(named: NamedTensors): PlainTensors {
  const plain: Record<string, PlainTensor> = Object.create(null)
  for (const [name, { data, shape, dtype, layout }] of Object.entries(named))
    plain[name] = { data, shape, dtype, layout }
  return plain
}

export function tensorsOf(plain: PlainTensors): NamedTensors {
  const named: Record<string, Tensor> = Object.create(null)
  for (const [name, { data, shape, dtype, layout }] of Object.entries(plain))
    named[name] = new Tensor(data, shape, { dtype, layout })
  return named
}
