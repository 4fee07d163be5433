import { setMaxListeners } from 'node:events'

/**
 * Starts work that a signal can abandon: `start` gets a flag that turns 1 on abort, which native
 * code looks at before it begins. Rejects with the signal's reason.
 */
export function abortable<T>(signal: AbortSignal, start: (cancelled: Int32Array) => Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const cancelled = new Int32Array(1)
  // One signal for hundreds of runs is no leak: each listener goes with its run.
  setMaxListeners(0, signal)
  return new Promise((resolve, reject) => {
    const abort = () => {
      Atomics.store(cancelled, 0, 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    start(cancelled)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
