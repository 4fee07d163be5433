import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { Preprocessing } from '../Preprocessing.js'
import type { PartialRecord } from './imports/Import.js'

/** A record, and which of its fields its source did not say. */
interface CompletedRecord {
  readonly record: Preprocessing
  /** Names of fields that were given beside the source, in place of what it says or where it says nothing. */
  readonly given: readonly string[]
}

/** What has to be known, and the option that gives it. Nothing of it has a default: a wrong guess costs accuracy in silence. */
const needed: readonly (readonly [
  field: keyof Preprocessing,
  option: string,
  isNeeded: (r: PartialRecord) => boolean,
])[] = [
  ['size', '--width and --height', () => true],
  ['order', '--order RGB, BGR or GREY', () => true],
  ['fit', '--fit stretch, cover, crop, letterbox or pad', () => true],
  ['cropPct', '--crop-pct, a share such as 0.875', keepsShare],
  ['pad', '--pad-value, from 0 to 255', isPadded],
  ['resampler', '--resampler pillow, opencv, torchvision, ncnn or mnn', () => true],
  ['interpolation', '--interpolation, such as bilinear', () => true],
  ['scale', '--scale, such as 1/255 for values from 0 to 1, or 1 for 0 to 255', isNormalised],
  ['mean', '--mean, after scaling, or 0', isNormalised],
  ['std', '--std, after scaling, or 1', isNormalised],
]

/**
 * Joins what a source says with what was given beside it, which wins. Fields that the fit or the resampler has no use
 * for are left out where the source says them. `source` is its name, for the message.
 *
 * Throws TWINFER_SIDECAR_INCOMPLETE where something is still open, with every field and the option that gives it, and
 * TWINFER_INVALID_OPTION for a given field that the record has no use for.
 */
export const completeRecord = answering(
  'completeRecord',
  function completeRecord(source: string, said: PartialRecord, given: PartialRecord): CompletedRecord {
    const joined: PartialRecord = { ...without(saidBeside(said, given)), ...without(given) }
    const open = needed.filter(([field, , isNeeded]) => joined[field] === undefined && isNeeded(joined))
    if (open.length > 0) {
      throw new TwinferError(
        'TWINFER_SIDECAR_INCOMPLETE',
        `${source} leaves open: ${open.map(([field]) => field).join(', ')}`,
        { help: `Nothing is taken for granted. Give ${open.map(([, option]) => option).join('; ')}.` },
      )
    }
    const useless = uselessFields(joined)
    const refused = useless.find(([field]) => given[field] !== undefined)
    if (refused) {
      throw new TwinferError(
        'TWINFER_INVALID_OPTION',
        `expected no ${refused[0]} with ${refused[1]}, received one`,
      )
    }
    const record = Object.fromEntries(
      Object.entries(joined).filter(([name]) => useless.every(([field]) => field !== name)),
    ) as unknown as Preprocessing
    return { record, given: Object.keys(without(given)) }
  },
)

/** A share, padding or rounding belongs to the fit that its source names: it does not go with another one. */
function saidBeside(said: PartialRecord, { fit }: PartialRecord): PartialRecord {
  if (fit === undefined || said.fit === undefined || fit === said.fit) return said
  const { cropPct: _, pad: __, centring: ___, ...others } = said
  return others
}

function without(record: PartialRecord): PartialRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

function uselessFields(record: PartialRecord): readonly (readonly [keyof Preprocessing, string])[] {
  const { fit, resampler, dtype } = record
  const useless: (readonly [keyof Preprocessing, string])[] = []
  if (!keepsShare(record) && fit !== 'stretch') useless.push(['cropPct', `fit ${fit}`])
  if (!isPadded(record)) useless.push(['pad', `fit ${fit}`])
  if (resampler !== 'torchvision') {
    for (const field of ['antialias', 'rounded'] as const) useless.push([field, `resampler ${resampler}`])
  }
  if (!isNormalised(record))
    for (const field of ['scale', 'mean', 'std'] as const) useless.push([field, `dtype ${dtype}`])
  return useless
}

function keepsShare({ fit }: PartialRecord): boolean {
  return fit === 'cover' || fit === 'crop'
}

function isPadded({ fit }: PartialRecord): boolean {
  return fit === 'letterbox' || fit === 'pad'
}

/** Models that take bytes normalise them themselves. */
function isNormalised({ dtype }: PartialRecord): boolean {
  return dtype !== 'uint8'
}
