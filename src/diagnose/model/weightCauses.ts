import { evenSpread } from '../../check/against/channelLoss.js'
import {
  type MatchedWeight,
  shiftText,
  type WeightComparison,
  type WeightFault,
} from '../../check/against/WeightComparison.js'
import type { Cause, CauseCode, Fix } from '../Cause.js'

/** A factor within this of 1 is rounding. Every sound model that was measured stays within 0.1 %. */
const leastScale = 0.02
/** From this share of the compared weights on, it is another model and not another layer. */
const mostWeights = 0.5
/** What one or two layers hold says nothing about the others. */
const leastCompared = 3
/** Layers that are listed by name. */
const mostListed = 8

const convertAgain: Fix = {
  twinfer:
    'Convert the model again from the original, and copy it whole; `twinfer check MODEL --against MODEL.onnx` shows whether it is sound.',
}

/** What the comparison with the source model comes to: one cause for each way in which weights are not the source's. */
export function weightCauses(compared: WeightComparison): readonly Cause[] {
  const ofKind = <K extends WeightFault['kind']>(kind: K) =>
    compared.faults.filter((fault): fault is Extract<WeightFault, { kind: K }> => fault.kind === kind)
  return [
    ...shifted(ofKind('shifted')),
    ...other([...ofKind('other'), ...ofKind('exchanged'), ...ofKind('other-channels')], compared),
    ...reordered(ofKind('reordered').filter(({ isSure }) => isSure)),
    ...dead(ofKind('dead').filter((fault) => !isShrunk(fault, compared))),
    ...transposed(ofKind('transposed')),
    ...underflowed(ofKind('underflow')),
  ]
}

/** Layers whose weights are the source's times a factor: converters may do so as well, so the outputs have to agree that it matters. */
export function scaledCauses({ matched }: WeightComparison): readonly Cause[] {
  const scaled = matched.flatMap((match) => (isScaled(match) ? [{ ...match, scale: match.scale! }] : []))
  const [first] = scaled
  if (!first) return []
  const { weight, source, scale } = first
  return [
    {
      code: 'WEIGHTS_SCALED',
      confidence: 0.8,
      message: `the weights of '${weight.layer}' are those of '${source}' times ${number(scale.factor)}${andMore(scaled.length)}`,
      evidence: {
        layer: weight.layer,
        type: weight.layerType,
        source,
        factor: scale.factor,
        factorSpread: scale.spread,
        layers: scaled
          .slice(0, mostListed)
          .map((one) => ({ layer: one.weight.layer, factor: one.scale.factor })),
        layerCount: scaled.length,
        offset: weight.offset,
      },
      fix: convertAgain,
    },
  ]
}

/** Layers whose weights may be in an order that is not known: what the layer computes decides. */
export function reorderedCauses({ faults }: WeightComparison): readonly Cause[] {
  return reordered(faults.flatMap((fault) => (fault.kind === 'reordered' && !fault.isSure ? [fault] : [])))
}

function reordered(faults: readonly Extract<WeightFault, { kind: 'reordered' }>[]): readonly Cause[] {
  const [first] = faults
  if (!first) return []
  const { weight, source, isSure } = first
  return [
    {
      code: 'WEIGHTS_OTHER_MODEL',
      confidence: isSure ? 0.93 : 0.6,
      message: `the weights of '${weight.layer}' are those of '${source}' in another order${andMore(faults.length)}`,
      evidence: {
        ...placeOf(first),
        reordered: true,
        layers: namesOf(faults),
        layerCount: faults.length,
      },
      fix: convertAgain,
    },
  ]
}

/** Whether it is its source's times one factor that is not 1. */
export function isScaled({ scale }: MatchedWeight): boolean {
  return scale !== undefined && scale.spread < evenSpread && Math.abs(scale.factor - 1) > leastScale
}

/** Next to zero, and alike in all channels: that is a factor, and nothing is lost by it in fp32. */
function isShrunk({ weight }: WeightFault, { matched }: WeightComparison): boolean {
  return weight.format === 'fp32' && matched.some((match) => match.weight === weight && isScaled(match))
}

function shifted(faults: readonly Extract<WeightFault, { kind: 'shifted' }>[]): readonly Cause[] {
  const [first] = faults
  if (!first) return []
  const { weight, source, by, unit, row } = first
  const isReader = unit === 'values' && by === 1 && row === 0
  const asReader = isReader
    ? '. A lag of one value is what a reader sees that takes the 4-byte tag for the first weight: if a program of yours wrote this file, it ignores the tag'
    : ''
  return [
    {
      code: 'WEIGHTS_SHIFTED',
      confidence: 0.97,
      message: `the weights of '${weight.layer}' are those of '${source}' shifted by ${shiftText(first)}${andMore(faults.length)}${asReader}`,
      evidence: {
        ...placeOf(first),
        lag: by,
        unit,
        channel: row,
        layers: namesOf(faults),
        layerCount: faults.length,
      },
      fix: {
        twinfer: isReader
          ? 'Skip the tag in the program that reads or writes the .bin (`twinfer check MODEL --dump WEIGHTS.npy` shows how it reads), then convert the model again.'
          : convertAgain.twinfer,
      },
    },
  ]
}

/** Whether most weights are not the source's: then it is not one layer that is damaged. */
export function isOtherModel({
  matched,
  unmatched,
}: Pick<WeightComparison, 'matched' | 'unmatched'>): boolean {
  const all = matched.length + unmatched.length
  return all >= leastCompared && unmatched.length > mostWeights * all
}

function other(
  faults: readonly Extract<WeightFault, { kind: 'other' | 'exchanged' | 'other-channels' }>[],
  { matched, unmatched }: WeightComparison,
): readonly Cause[] {
  const [first] = faults
  if (!first) return []
  const whole = unmatched.length
  const all = matched.length + unmatched.length
  const isModel = isOtherModel({ matched, unmatched })
  const message = isModel
    ? `${whole} of ${all} weights are not those of the original in any order: these are another model's weights, or another training's`
    : first.kind === 'other'
      ? `the weights of '${first.weight.layer}' are not those of '${first.source}' in any order, while ${matched.length} of ${all} others are the original's${andMore(faults.length)}`
      : first.kind === 'exchanged'
        ? `the weights of '${first.weight.layer}' are those of another layer, '${first.holds}', in the place of '${first.source}'${andMore(faults.length)}`
        : `${first.count} of ${first.of} channels of '${first.weight.layer}' are not those of '${first.source}', the first is ${first.first}${andMore(faults.length)}`
  return [
    {
      code: 'WEIGHTS_OTHER_MODEL',
      confidence: isModel || first.kind === 'exchanged' ? 0.95 : 0.85,
      message,
      evidence: {
        ...placeOf(first),
        ...(first.kind === 'exchanged' && { holds: first.holds }),
        ...(first.kind === 'other-channels' && { channel: first.first, channelCount: first.count }),
        layers: namesOf(faults),
        layerCount: faults.length,
        matched: matched.length,
        unmatched: unmatched.length,
      },
      fix: {
        twinfer: isModel
          ? 'Give the file that was converted from this original, or this file’s own original with --reference.'
          : convertAgain.twinfer,
      },
    },
  ]
}

function dead(faults: readonly Extract<WeightFault, { kind: 'dead' }>[]): readonly Cause[] {
  const [first] = faults
  if (!first) return []
  const { weight, source, channels, of } = first
  const isWhole = channels.length === of
  const what = isWhole
    ? `the weights of '${weight.layer}' are all zero`
    : `${channels.length} of ${of} channels of '${weight.layer}' are zero, or next to it`
  return [
    {
      code: 'WEIGHTS_DEAD_LAYER',
      confidence: 0.97,
      message: `${what}, those of '${source}' are not${andMore(faults.length)}`,
      evidence: {
        ...placeOf(first),
        channels: channels.slice(0, 64),
        channelCount: channels.length,
        channelsOf: of,
        layers: namesOf(faults),
        layerCount: faults.length,
      },
      fix: convertAgain,
    },
  ]
}

function transposed(faults: readonly Extract<WeightFault, { kind: 'transposed' }>[]): readonly Cause[] {
  const [first] = faults
  if (!first) return []
  return [
    {
      code: 'LAYOUT_MISREAD',
      confidence: 0.85,
      message: `the weights of '${first.weight.layer}' are those of '${first.source}' transposed: rows were read as columns${andMore(faults.length)}`,
      evidence: { ...placeOf(first), what: 'weights', layers: namesOf(faults), layerCount: faults.length },
      fix: convertAgain,
    },
  ]
}

/** Of a loss that only costs what float16 costs anyway, the outputs say whether it matters. */
export const ruinousLossDb = 20

function underflowed(faults: readonly Extract<WeightFault, { kind: 'underflow' }>[]): readonly Cause[] {
  const worst = faults.toSorted((a, b) => a.sqnrDb - b.sqnrDb)[0]
  if (!worst) return []
  const { weight, source, sqnrDb } = worst
  return [
    {
      code: 'PRECISION_WEIGHT_UNDERFLOW',
      confidence: sqnrDb < ruinousLossDb ? 0.97 : 0.6,
      message: `float16 left zeros or few digits of the weights of '${weight.layer}' ('${source}'): what is left has ${sqnrDb.toFixed(0)} dB against what was lost${andMore(faults.length)}`,
      evidence: {
        ...placeOf(worst),
        weightSqnrDb: sqnrDb,
        layers: namesOf(faults),
        layerCount: faults.length,
      },
      fix: {
        twinfer:
          'Store the weights in fp32: `pnnx MODEL.pt fp16=0` for ncnn, MNNConvert without --fp16; or scale this layer up and the one behind it down before the conversion.',
      },
    },
  ]
}

function placeOf({ weight, source }: WeightFault) {
  const { layer, layerType, offset, format } = weight
  return { layer, type: layerType, source, offset, storage: format }
}

function namesOf(faults: readonly WeightFault[]): readonly string[] {
  return faults.slice(0, mostListed).map(({ weight }) => weight.layer)
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more ${count === 2 ? 'layer' : 'layers'})` : ''
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** Codes that say what a layer's weights are, for the rung that looks at what layers compute. */
export const weightCodes: ReadonlySet<CauseCode> = new Set([
  'WEIGHTS_SHIFTED',
  'WEIGHTS_NOT_FINITE',
  'WEIGHTS_OTHER_MODEL',
  'WEIGHTS_DEAD_LAYER',
  'WEIGHTS_SCALED',
  'PRECISION_WEIGHT_UNDERFLOW',
])
