import type { Finding, FindingCode } from '../../check/Finding.js'
import type { Cause, CauseCode } from '../Cause.js'

/** What a finding of `check` means for the answer. */
interface Meaning {
  readonly code: CauseCode
  readonly confidence: number
  /** Said in front of the finding's message where the code alone would mislead. */
  readonly prefix?: string
  /** It may be meant: named only where the outputs differ. */
  readonly suspected?: true
}

const notWhole = 'the file is not as the converter wrote it: '
const notTheGraph = 'the graph is not one that computes what the original does: '

/**
 * Damage to a file as a whole is WEIGHTS_TRUNCATED, of whatever length: the message says whether it is short, long or
 * something else. Damage to the graph is OP_SEMANTICS. docs/checking.md has each finding.
 */
const meanings: Readonly<Partial<Record<FindingCode, Meaning>>> = {
  'foreign-file': { code: 'WEIGHTS_TRUNCATED', confidence: 0.9, prefix: 'there are no weights: ' },
  'weights-not-found': { code: 'WEIGHTS_TRUNCATED', confidence: 0.95, prefix: 'the weights are missing: ' },
  'missing-bytes': { code: 'WEIGHTS_TRUNCATED', confidence: 0.97 },
  'trailing-bytes': {
    code: 'WEIGHTS_TRUNCATED',
    confidence: 0.5,
    prefix: 'the file is too long, not too short: ',
  },
  'damaged-table': { code: 'WEIGHTS_TRUNCATED', confidence: 0.85, prefix: 'the file was cut or changed: ' },
  'truncated-text': { code: 'WEIGHTS_TRUNCATED', confidence: 0.9, prefix: 'the .param was cut: ' },
  'layer-count': { code: 'WEIGHTS_TRUNCATED', confidence: 0.85, prefix: 'the .param was cut or edited: ' },
  'ignored-lines': { code: 'WEIGHTS_TRUNCATED', confidence: 0.6, prefix: notWhole },
  'blob-count': { code: 'WEIGHTS_TRUNCATED', confidence: 0.4, prefix: notWhole },
  'byte-order-mark': { code: 'WEIGHTS_TRUNCATED', confidence: 0.85, prefix: notWhole },
  syntax: { code: 'WEIGHTS_TRUNCATED', confidence: 0.8, prefix: notWhole },
  'no-magic': {
    code: 'VERSION_SKEW',
    confidence: 0.75,
    prefix: 'ncnn takes the .param for one of an older version: ',
  },
  'old-format': { code: 'VERSION_SKEW', confidence: 0.9 },
  'external-path': { code: 'INCONCLUSIVE', confidence: 0.5 },
  'engine-refuses': { code: 'OP_SEMANTICS', confidence: 0.6, prefix: 'the engine refuses the network: ' },
  'unknown-layer': { code: 'UNKNOWN_LAYER', confidence: 0.97 },
  'duplicate-blob': { code: 'OP_SEMANTICS', confidence: 0.96, prefix: notTheGraph },
  'no-producer': { code: 'OP_SEMANTICS', confidence: 0.96, prefix: notTheGraph },
  'layer-order': { code: 'OP_SEMANTICS', confidence: 0.96, prefix: notTheGraph },
  'layer-inputs': { code: 'OP_SEMANTICS', confidence: 0.96, prefix: notTheGraph },
  'layer-outputs': { code: 'OP_SEMANTICS', confidence: 0.96, prefix: notTheGraph },
  parameters: { code: 'OP_SEMANTICS', confidence: 0.96 },
  'no-axes': { code: 'OP_SEMANTICS', confidence: 0.95 },
  'weight-size': { code: 'OP_SEMANTICS', confidence: 0.96 },
  'bad-tag': { code: 'WEIGHTS_SHIFTED', confidence: 0.6 },
  'shifted-file': { code: 'WEIGHTS_SHIFTED', confidence: 0.96 },
  'tag-in-weights': { code: 'WEIGHTS_SHIFTED', confidence: 0.85 },
  'tag-mismatch': { code: 'DTYPE_MISREAD', confidence: 0.95 },
  'wrong-endianness': { code: 'DTYPE_MISREAD', confidence: 0.97 },
  'weight-denormal': { code: 'DTYPE_MISREAD', confidence: 0.5, suspected: true },
  'weight-nan': { code: 'WEIGHTS_NOT_FINITE', confidence: 0.93 },
  'weight-inf': { code: 'WEIGHTS_NOT_FINITE', confidence: 0.93 },
  'weight-garbage': { code: 'WEIGHTS_NOT_FINITE', confidence: 0.7 },
  'weight-huge': { code: 'WEIGHTS_NOT_FINITE', confidence: 0.7, suspected: true },
  'weight-outlier': { code: 'WEIGHTS_SCALED', confidence: 0.5, suspected: true },
  'weight-zero': { code: 'WEIGHTS_DEAD_LAYER', confidence: 0.8, suspected: true },
  'zero-channels': { code: 'WEIGHTS_DEAD_LAYER', confidence: 0.7, suspected: true },
  'fp16-underflow': { code: 'PRECISION_WEIGHT_UNDERFLOW', confidence: 0.9 },
  'inputs-differ': { code: 'WEIGHTS_OTHER_MODEL', confidence: 0.8 },
  'outputs-differ': { code: 'WEIGHTS_OTHER_MODEL', confidence: 0.75 },
  'weights-differ': { code: 'WEIGHTS_OTHER_MODEL', confidence: 0.9 },
}

/** A cause, whether it may be meant, and the severity of what it rests on. */
export interface FoundCause {
  readonly cause: Cause
  readonly suspected: boolean
}

/** One cause for each code, of its most telling finding; the others are counted in its evidence. */
export function findingCauses(findings: readonly Finding[]): readonly FoundCause[] {
  const grouped = new Map<CauseCode, { readonly finding: Finding; readonly meaning: Meaning }[]>()
  for (const finding of findings) {
    const meaning = finding.severity === 'info' ? undefined : meanings[finding.code]
    if (!meaning) continue
    grouped.set(meaning.code, [...(grouped.get(meaning.code) ?? []), { finding, meaning }])
  }
  return [...grouped].map(([code, group]) => {
    const [{ finding, meaning }, ...others] = group.toSorted((a, b) => rank(b) - rank(a)) as [
      Found,
      ...Found[],
    ]
    return {
      cause: {
        code,
        confidence: meaning.confidence,
        message: `${meaning.prefix ?? ''}${finding.message}`,
        evidence: {
          finding: finding.code,
          severity: finding.severity,
          ...(finding.layer !== null && { layer: finding.layer }),
          ...(finding.offset !== null && { offset: finding.offset }),
          file: finding.file,
          ...(others.length > 0 && { findings: others.slice(0, 8).map((other) => describe(other.finding)) }),
          findingCount: group.length,
        },
        fix: { twinfer: finding.help ?? 'Convert the model again, and copy it whole.' },
      },
      suspected: meaning.suspected === true && finding.severity !== 'error',
    }
  })
}

interface Found {
  readonly finding: Finding
  readonly meaning: Meaning
}

/** Errors come before warnings; within these, what says most. */
function rank({ finding, meaning }: Found): number {
  return meaning.confidence + (finding.severity === 'error' ? 1 : 0)
}

function describe({ code, layer }: Finding): string {
  return layer === null ? code : `${code} ${layer}`
}
