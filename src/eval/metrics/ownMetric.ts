import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { passingOn } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { requireFile } from '../../file/requireFile.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Label } from '../data/EvalSet.js'
import { bootstrapped, bootstrappedDifference } from './bootstrapped.js'
import { meanOf } from './cosine.js'
import type { Metric } from './Metric.js'

/**
 * A metric of one's own: what it keeps of each sample, and what follows from all of them. `measure` gives a number, or
 * anything that JSON holds, so that an evaluation can be resumed.
 */
export interface OwnMetric<T = unknown> {
  readonly name: string
  /** Default: false. */
  readonly lowerIsBetter?: boolean
  measure(
    outputs: NamedTensors,
    label: Label,
    sample: { readonly name: string; readonly place: number },
  ): T | Promise<T>
  /** From what was kept to one number. Default: the mean. */
  summarise?(measured: readonly T[]): number
}

/** The metric of a module's default export. Throws TWINFER_FILE_NOT_FOUND, or TWINFER_INVALID_OPTION for what is none. */
export async function loadMetric(path: string): Promise<{ metric: Metric; digest: string }> {
  await requireFile(path, 'metric')
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  const module = await import(pathToFileURL(resolve(path)).href).catch((cause) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TwinferError('TWINFER_INVALID_OPTION', `${path}: it cannot be loaded: ${why}`, { cause })
  })
  return { metric: ownMetric(module.default, path), digest }
}

/** Throws TWINFER_INVALID_OPTION for what is no metric. */
export function ownMetric(own: OwnMetric, where = 'metric'): Metric {
  const { name, measure, summarise, lowerIsBetter = false } = requireOwn(own, where)
  const keep = passingOn(measure.bind(own))
  const sum = summarise && passingOn(summarise.bind(own))
  const statistic = (measured: readonly unknown[]) => (places: Uint32Array) => {
    if (sum === undefined) return meanOf(measured, places)
    const value: unknown = sum(Array.from(places, (place) => measured[place]))
    if (typeof value === 'number') return Number.isFinite(value) ? value : null
    throw invalid(`${where}: summarise: expected a number, received ${describeValue(value)}`)
  }
  return {
    name,
    isLowerBetter: lowerIsBetter,
    async measure({ outputs, label, name: sample, place }) {
      const kept: unknown = await keep(outputs, label, { name: sample, place })
      if (sum !== undefined && kept !== undefined) return kept
      if (typeof kept === 'number' && Number.isFinite(kept)) return kept
      throw invalid(`${where}: measure: expected a number for ${sample}, received ${describeValue(kept)}`, {
        help: 'With summarise it may give anything that JSON holds.',
      })
    },
    summarise(measured, { seed }) {
      const value = bootstrapped(measured.length, statistic(measured), seed)
      return { metric: name, ...value, count: measured.length }
    },
    differ(reference, candidate, { seed }) {
      const statistics = [statistic(reference), statistic(candidate)] as const
      return bootstrappedDifference(name, candidate.length, statistics, seed)
    },
  }
}

function requireOwn(own: OwnMetric, where: string): OwnMetric {
  if (typeof own !== 'object' || own === null) {
    throw invalid(`${where}: expected a default export { name, measure }, received ${describeValue(own)}`)
  }
  const { name, measure, summarise } = own
  if (typeof name !== 'string' || name === '') {
    throw invalid(`${where}: name: expected a text, received ${describeValue(name)}`)
  }
  if (typeof measure !== 'function') {
    throw invalid(`${where}: measure: expected a function, received ${describeValue(measure)}`)
  }
  if (summarise !== undefined && typeof summarise !== 'function') {
    throw invalid(`${where}: summarise: expected a function, received ${describeValue(summarise)}`)
  }
  return own
}

function invalid(message: string, more: { help?: string } = {}): TwinferError {
  return new TwinferError('TWINFER_INVALID_OPTION', message, more)
}
