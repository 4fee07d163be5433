import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type PlainTensors, plainTensors, tensorsOf } from '../diagnose/mixed/Trials.js'
import { errorOf, type Failure } from '../errors/failure.js'
import { TwinferError } from '../errors/TwinferError.js'
import type { FileOrBytes } from '../file/FileOrBytes.js'
import type { OpenOptions, TensorInfo } from '../model/options.js'
import { crashOf } from '../process/childProcesses.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { type BenchEngine, type OptionValue, openOptionsOf, type Setting } from './Setting.js'

/** A model and its options, as they go from one process to another. */
export interface WorkSource {
  readonly engine: BenchEngine
  readonly model: FileOrBytes
  readonly weights: FileOrBytes | undefined
  readonly options: OpenOptions
  readonly runtime?: 'node' | 'web'
}

export type WorkRequest =
  | { readonly ask: 'open'; readonly id: number; readonly source: WorkSource }
  | { readonly ask: 'run'; readonly id: number; readonly feeds: readonly PlainTensors[] }
  | { readonly ask: 'time'; readonly id: number; readonly ms: number }
  | { readonly ask: 'layers'; readonly source: WorkSource; readonly feeds: PlainTensors }

/** What really runs, as far as it is told of every engine. */
export interface RanSettings {
  readonly engine: 'ncnn' | 'mnn' | 'onnx'
  readonly engineVersion: string
  readonly backend: string
  readonly device: string
  readonly precision: string
  readonly threads: number
  /** Layers that run on this package's kernels. */
  readonly kernels?: readonly string[]
  readonly notes: readonly string[]
  readonly options: Readonly<Record<string, OptionValue>>
}

export interface Opened {
  readonly loadMs: number
  readonly inputs: readonly TensorInfo[]
  /** Names, in the model's order. */
  readonly outputs: readonly string[]
  readonly effective: RanSettings
  /** Bytes that the process held before. */
  readonly rssBefore: number
}

interface RanOnce<T> {
  readonly firstMs: number
  /** Read back now: the threads follow from the shapes of the inputs. */
  readonly effective: RanSettings
  /** For each of the feeds. */
  readonly outputs: readonly T[]
  /** Bytes. */
  readonly rss: number
  readonly peakRss: number
}

/** A blob that a layer made, with the milliseconds that the layer took. */
export interface TimedLayer {
  readonly name: string
  readonly type: string
  readonly blob: string
  readonly shape: readonly number[]
  readonly ms: number | null
}

export type WorkAnswer =
  | Opened
  | RanOnce<PlainTensors>
  | { readonly times: Float64Array }
  | { readonly layers: readonly TimedLayer[] }
  | { readonly failure: Failure }

const defaultScript = fileURLToPath(new URL('workChild.js', import.meta.url))

export interface WorkbenchOptions {
  /** Milliseconds after which a process that does not answer is ended. Default: 120,000. */
  readonly patienceMs?: number | undefined
  /** What the child runs. */
  readonly script?: string
}

/**
 * A process in which settings are opened and timed: what crashes or hangs there ends that process, and is an error of the
 * call here. To be disposed of, which ends it.
 */
export class Workbench {
  readonly #child: ChildProcess
  readonly #patienceMs: number
  #ended: TwinferError | undefined

  constructor({ patienceMs = 120_000, script = defaultScript }: WorkbenchOptions = {}) {
    this.#patienceMs = patienceMs
    this.#child = fork(script, [], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      execArgv: [], // an inspector or a loader of this process would be measured as well
    })
    // One that ends between two requests is found out by the next.
    this.#child
      .on('error', ({ message }) => {
        this.#ended ??= crashed(message)
      })
      .on('close', (code, signal) => {
        this.#ended ??= crashed(crashOf(code, signal) ?? `exit code ${code}`)
      })
  }

  /** @throws TwinferError what opening throws, and TWINFER_ENGINE_CRASHED where it ends the process or gives no answer. */
  async open(id: number, setting: Setting, inputShapes?: OpenOptions['inputShapes']): Promise<Opened> {
    return (await this.#ask({ ask: 'open', id, source: await sourceOf(setting, inputShapes) })) as Opened
  }

  /** Runs an open setting on each of the feeds, the first of which is then the one that is timed. Throws as `open`. */
  async run(id: number, feeds: readonly NamedTensors[]): Promise<RanOnce<NamedTensors>> {
    const answer = await this.#ask({ ask: 'run', id, feeds: feeds.map(plainTensors) })
    const ran = answer as RanOnce<PlainTensors>
    return { ...ran, outputs: ran.outputs.map(tensorsOf) }
  }

  /** Milliseconds of each run of a block that takes about as long as asked for, and has one run at least. Throws as `open`. */
  async time(id: number, ms: number): Promise<Float64Array> {
    const { times } = (await this.#ask({ ask: 'time', id, ms })) as { readonly times: Float64Array }
    return times
  }

  /** The times of the layers inside a run. Throws as `open`. */
  async layers(
    setting: Setting,
    feeds: NamedTensors,
    inputShapes?: OpenOptions['inputShapes'],
  ): Promise<readonly TimedLayer[]> {
    const source = await sourceOf(setting, inputShapes)
    const answer = await this.#ask({ ask: 'layers', source, feeds: plainTensors(feeds) })
    return (answer as { readonly layers: readonly TimedLayer[] }).layers
  }

  dispose(): void {
    this.#child.kill('SIGKILL')
  }

  async #ask(request: WorkRequest): Promise<WorkAnswer> {
    if (this.#ended) throw this.#ended
    const child = this.#child
    const answer = await new Promise<WorkAnswer>((resolve, reject) => {
      const onMessage = (message: WorkAnswer) => settle(() => resolve(message))
      const onError = ({ message }: Error) => settle(() => reject(crashed(message)))
      const onClose = (code: number | null, signal: NodeJS.Signals | null) =>
        settle(() => reject(this.#ended ?? crashed(crashOf(code, signal) ?? `exit code ${code}`)))
      const timer = setTimeout(() => {
        this.#ended = hung(this.#patienceMs)
        child.kill('SIGKILL')
      }, this.#patienceMs)
      const settle = (then: () => void) => {
        clearTimeout(timer)
        child.off('message', onMessage).off('error', onError).off('close', onClose)
        then()
      }
      child.on('message', onMessage).on('error', onError).on('close', onClose)
      child.send(request, (error) => error && onError(error))
    })
    if (!('failure' in answer)) return answer
    throw errorOf(answer.failure)
  }
}

async function sourceOf(setting: Setting, inputShapes: OpenOptions['inputShapes']): Promise<WorkSource> {
  const { file, engine } = setting
  const weights = engine === 'ncnn' ? await file.requireWeights() : undefined
  return { engine, model: file.model, weights, options: openOptionsOf(setting, inputShapes) }
}

function crashed(how: string): TwinferError {
  return new TwinferError('TWINFER_ENGINE_CRASHED', `running it ends the process (${how})`, {
    help: 'The setting is left out of the comparison; the others were measured without it.',
  })
}

function hung(ms: number): TwinferError {
  return new TwinferError(
    'TWINFER_ENGINE_CRASHED',
    `it gave no answer within ${Math.round(ms / 1000)} s, and its process was ended`,
    { help: 'The setting is left out of the comparison; the others were measured without it.' },
  )
}
