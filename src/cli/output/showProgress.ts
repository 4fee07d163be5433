import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import yoctoSpinner from 'yocto-spinner'
import { formatBytes, formatMs } from '../../format/numbers.js'
import { type Progress, progressChannel } from '../../format/progress.js'
import { visibleText } from '../../format/visibleText.js'

/** Who waits for less than this need not be told what for. */
const patienceMs = 1000

/** More often nobody can read it. */
const leastBetweenMs = 80

/** What is known of the time that a step takes before this much is done, or before this much time, is a guess. */
const leastShare = 0.05
const leastMs = 2000

/**
 * Says on stderr what is being done, once that has taken a second. For a terminal, as pipes and
 * logs have no line to overwrite. Gives the function that takes it away again, to be called before anything is printed.
 */
export function showProgress(): () => void {
  const started = performance.now()
  // Signals are the supervisor's business, which also gives the cursor back.
  const spinner = yoctoSpinner({ stream: process.stderr, handleSignals: false })
  let current: { readonly doing: string; readonly since: number } | undefined
  let shown = 0
  const show = (message: unknown) => {
    const step = message as Progress
    const now = performance.now()
    if (current?.doing !== step.doing) current = { doing: step.doing, since: now }
    else if (now - shown < leastBetweenMs) return
    shown = now
    spinner.text = visibleText(describeProgress(step, now - current.since))
    // Asked here as well as by the timer: what computes without a pause lets no timer fire.
    if (now - started > patienceMs && !spinner.isSpinning) spinner.start()
  }
  const timer = setTimeout(() => current && spinner.start(), patienceMs)
  subscribe(progressChannel, show)
  return () => {
    unsubscribe(progressChannel, show)
    clearTimeout(timer)
    if (spinner.isSpinning) spinner.stop()
  }
}

/** `layer 12 of 228 of model.mnn, 8.1 s left`: in one line, after `elapsed` milliseconds of this step. */
export function describeProgress({ doing, done, total, unit }: Progress, elapsed: number): string {
  if (done === undefined) return doing
  const show = (amount: number) => (unit === 'bytes' ? formatBytes(amount) : String(amount))
  if (total === undefined) return `${doing}: ${show(done)}`
  const share = done / total
  const isKnown = share >= leastShare && elapsed >= leastMs && share < 1
  const left = isKnown ? `, ${formatMs((elapsed / share) * (1 - share))} left` : ''
  return `${doing}: ${show(done)} of ${show(total)}${left}`
}
