import { refuse } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { describeValue } from '../errors/words.js'
import type { RunResult } from './makeRunResult.js'
import type { RunInputs, RunManyOptions, RunOptions } from './options.js'

/** What is run, one after the other or as it comes. */
export type ManyInputs = Iterable<RunInputs> | AsyncIterable<RunInputs>

type Run = (inputs: RunInputs, options: RunOptions) => Promise<RunResult>

/** A run that has begun; its failure is looked at when its turn comes. */
type Started = Promise<{ readonly result: RunResult } | { readonly error: unknown }>

/**
 * `Model.runMany`: keeps `lanes` runs going and one more ready, and takes an item only when there is room for it: of what
 * is read, running or done and not yet taken there is never more than that.
 */
export async function* runMany(
  run: Run,
  lanes: number,
  items: ManyInputs,
  { outputs, signal }: RunManyOptions,
): AsyncGenerator<RunResult, void, undefined> {
  const source = iteratorOf(items)
  const stop = new AbortController()
  const abort = () => stop.abort(signal!.reason)
  const started: Started[] = []
  let count = 0
  let isDone = false
  let isWaiting = false
  signal?.addEventListener('abort', abort, { once: true })
  try {
    while (true) {
      signal?.throwIfAborted()
      while (!isDone && started.length <= lanes) {
        isWaiting = true
        const next = await untilAborted(source.next(), stop.signal)
        isWaiting = false
        if (next.done) isDone = true
        else started.push(start(run, next.value, count++, { outputs, signal: stop.signal } as RunOptions))
      }
      const first = started.shift()
      if (first === undefined) return
      const finished = await first
      signal?.throwIfAborted()
      if ('error' in finished) throw finished.error
      yield finished.result
    }
  } finally {
    // Left early, by an error, an abort or the caller: nothing is to begin any more, and what runs comes to its end.
    stop.abort()
    signal?.removeEventListener('abort', abort)
    // A source that is still at work on an item ends when that has come, which may be never.
    const ended = isDone ? undefined : Promise.resolve(source.return?.())
    if (isWaiting) ended?.catch(() => {})
    else await ended
    await Promise.all(started)
  }
}

function iteratorOf(items: ManyInputs): AsyncIterator<RunInputs> | Iterator<RunInputs> {
  try {
    if (typeof items === 'object' && items !== null) {
      if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]()
      if (Symbol.iterator in items && !ArrayBuffer.isView(items)) return items[Symbol.iterator]()
    }
  } catch (error) {
    refuse('Model.runMany', error)
  }
  throw new TwinferError(
    'TWINFER_INVALID_ARGUMENT',
    `expected an iterable of inputs, received ${describeValue(items)}`,
    { help: 'Give an array of what `run` takes, or a generator.' },
  )
}

/** Never rejects: the error is kept, with the place of the item in its message. */
async function start(run: Run, inputs: RunInputs, place: number, options: RunOptions): Started {
  try {
    return { result: await run(inputs, options) }
  } catch (error) {
    if (!(error instanceof TwinferError)) return { error }
    const { code, message, help, log } = error
    return { error: new TwinferError(code, `item ${place}: ${message}`, { help, log, cause: error }) }
  }
}

/** A source that waits for ever is left when the signal comes. */
function untilAborted<T>(next: T | Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    Promise.resolve(next)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
