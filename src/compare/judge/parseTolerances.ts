import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { sqnrRange } from './requireSqnr.js'

/** Limits that a user sets; they replace the pass rule of the precision. Each one that is given must hold. */
export interface Tolerance {
  /** Least SQNR in dB. */
  readonly sqnr?: number
  /** Least cosine. */
  readonly cosine?: number
  /** Largest |error| and |error| / |reference|, as `maxAbs` and `maxRel` of the comparison. */
  readonly maxabs?: number
  readonly maxrel?: number
  /** Least share (0 to 1) of positions where the best class agrees. */
  readonly top1?: number
}

export const toleranceKeys = [
  'sqnr',
  'cosine',
  'maxabs',
  'maxrel',
  'top1',
] as const satisfies readonly (keyof Tolerance)[]

/** Tolerances by output. */
export interface Tolerances {
  /** For every output, save for what its own says. */
  readonly all: Tolerance
  readonly byOutput: ReadonlyMap<string, Tolerance>
}

/** The one for an output, or undefined where none was given: its precision decides. */
export const toleranceFor = answering(
  'toleranceFor',
  function toleranceFor({ all, byOutput }: Tolerances, output: string): Tolerance | undefined {
    const merged = { ...all, ...byOutput.get(output) }
    return Object.keys(merged).length === 0 ? undefined : merged
  },
)

/**
 * Reads tolerances as the command line has them: `sqnr=60` for all outputs, `prob:sqnr=60,cosine=0.999` for one.
 * Later ones win. An output's name may hold colons: it ends at the last one. Throws TWINFER_USAGE for an unknown
 * key, and for what is no number or out of range.
 */
export const parseTolerances = answering(
  'parseTolerances',
  function parseTolerances(specs: readonly string[]): Tolerances {
    let all: Tolerance = {}
    const byOutput = new Map<string, Tolerance>()
    for (const spec of specs) {
      const colon = spec.lastIndexOf(':')
      const limits = parseLimits(spec.slice(colon + 1), spec)
      const output = spec.slice(0, Math.max(colon, 0))
      if (colon < 0) all = { ...all, ...limits }
      else byOutput.set(output, { ...byOutput.get(output), ...limits })
    }
    return { all, byOutput }
  },
)

/** Throws TWINFER_USAGE where a tolerance is for an output that is not there: it would silently not be used. */
export const requireKnownOutputs = answering(
  'requireKnownOutputs',
  function requireKnownOutputs({ byOutput }: Tolerances, outputs: readonly string[]): void {
    for (const name of byOutput.keys()) {
      if (outputs.includes(name)) continue
      throw usage(
        `expected a tolerance for an output of the reference (${outputs.join(', ')}), received one for '${name}'`,
        suggest(name, outputs),
      )
    }
  },
)

function parseLimits(text: string, spec: string): Tolerance {
  return Object.fromEntries(text.split(',').map((limit) => parseLimit(limit, spec)))
}

function parseLimit(text: string, spec: string): [key: string, limit: number] {
  const [key = '', value = '', ...rest] = text.split('=').map((part) => part.trim())
  const known = toleranceKeys.find((name) => name === key)
  if (known === undefined) {
    throw usage(
      `tolerance '${spec}': expected one of ${toleranceKeys.join(', ')}, received '${key}'`,
      suggest(key, toleranceKeys),
    )
  }
  const limit = value === '' || rest.length > 0 ? Number.NaN : Number(value)
  const [least, most] = ranges[known]
  if (!(limit >= least && limit <= most)) {
    throw usage(
      `tolerance '${spec}': expected ${known} to be a number from ${least} to ${most}, received '${text}'`,
    )
  }
  return [known, limit]
}

const ranges: Readonly<Record<(typeof toleranceKeys)[number], readonly [number, number]>> = {
  sqnr: sqnrRange,
  cosine: [-1, 1],
  maxabs: [0, Number.MAX_VALUE],
  maxrel: [0, Number.MAX_VALUE],
  top1: [0, 1],
}

function usage(message: string, help = ''): TwinferError {
  return new TwinferError('TWINFER_USAGE', message, {
    help: `${help} Write NAME:sqnr=60,cosine=0.999 for one output, or sqnr=60 for all.`.trim(),
  })
}
