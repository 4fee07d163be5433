import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue, suggest } from '../../errors/words.js'
import type { EvalSet } from '../data/EvalSet.js'
import { cosine } from './cosine.js'
import { eer } from './eer.js'
import type { Metric } from './Metric.js'
import { miou } from './miou.js'
import { loadMetric, type OwnMetric, ownMetric } from './ownMetric.js'
import { topK } from './topK.js'

export interface ChosenMetric {
  readonly metric: Metric
  /** What tells it from others in the record of an evaluation: a module's content, else its name. */
  readonly identity: string
}

/**
 * The metrics that names, modules and objects stand for. Throws TWINFER_INVALID_OPTION for what is none, for one that
 * is named twice, and for none at all; what loading a module throws.
 */
export async function chooseMetrics(
  wanted: readonly (string | OwnMetric)[],
  set: EvalSet,
  ignored: number | undefined,
): Promise<readonly ChosenMetric[]> {
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw invalid(
      `expected at least one metric, received ${Array.isArray(wanted) ? 'none' : describeValue(wanted)}`,
    )
  }
  const chosen: ChosenMetric[] = []
  for (const one of wanted) chosen.push(await choose(one, set, ignored))
  const names = chosen.map(({ metric }) => metric.name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw invalid(`expected each metric once, received '${twice}' twice`)
  return chosen
}

const known = ['top1', 'top5', 'miou', 'cosine', 'eer']

async function choose(
  wanted: string | OwnMetric,
  set: EvalSet,
  ignored: number | undefined,
): Promise<ChosenMetric> {
  if (typeof wanted !== 'string') {
    const metric = ownMetric(wanted)
    return { metric, identity: metric.name }
  }
  if (/\.[cm]?js$/i.test(wanted)) {
    const { metric, digest } = await loadMetric(wanted)
    return { metric, identity: `${metric.name} ${digest}` }
  }
  const [, k] = /^top([1-9]\d{0,3})$/.exec(wanted) ?? []
  if (k !== undefined) {
    return { metric: topK(Number(k), set.isNumberedByName, set.classes?.length), identity: wanted }
  }
  if (wanted === 'miou') return { metric: miou(ignored), identity: `miou ${ignored ?? ''}` }
  if (wanted === 'cosine') return { metric: cosine, identity: wanted }
  if (wanted === 'eer') return { metric: eer, identity: wanted }
  throw invalid(`expected a metric (${known.join(', ')}) or a module (./own.mjs), received '${wanted}'`, {
    help: suggest(wanted, known),
  })
}

function invalid(message: string, more: { help?: string } = {}): TwinferError {
  return new TwinferError('TWINFER_INVALID_OPTION', message, more)
}
