import type { JudgeContext, JudgedPrecision } from '../../compare/judge/passRules.js'
import { outputLikeness } from '../../compare/outputs/pairOutputs.js'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelWork } from '../../file/ModelWork.js'
import { formatDb, formatShape } from '../../format/numbers.js'
import { float32Values, toLayout } from '../../tensor/convertTensor.js'
import { requireTensor } from '../../tensor/requireTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import type { Cause, Rejected } from '../Cause.js'
import { memoryLayouts } from '../decoders.js'
import { type Findings, nothing } from '../Findings.js'
import {
  findAgreement,
  findLikelyPrecision,
  flipsOf,
  isOffInScale,
  isOffInSize,
  type Measured,
  measurePairs,
  worstOf,
} from './agreement.js'
import { findMisreading, type Misreading } from './findMisreading.js'
import { causesOf, rejectionsOf } from './misreadCauses.js'
import { type OutputPair, OutputSamples } from './OutputSamples.js'
import { fixForLayout } from './outputFixes.js'
import { countPairs, findOverflow } from './overflow.js'

/** What is known of the run that gave the candidate's outputs. */
export interface OutputContext {
  /** The precision that the outputs are judged as, see `judgedPrecision`; null where nobody knows what ran. */
  readonly precision: JudgedPrecision | null
  /** The SQNR in dB that they are held to, in place of what follows from the precision and the network. */
  readonly floorDb?: number | undefined
  /** SQNR between two runs of the candidate, in dB; undefined where it was not measured. */
  readonly noiseFloorDb?: number | undefined
  readonly engine?: 'ncnn' | 'mnn' | undefined
  readonly work?: ModelWork | undefined
}

/**
 * What happened to outputs, from the outputs of both sides alone: nothing, no more than a precision explains, or
 * something after they were computed (layout, element type, a last step). Pairs of one name are samples of one
 * output: what is found holds for all of them. Causes are empty where nothing that is known restores agreement;
 * `rejected` then says what was tried.
 *
 * Throws TWINFER_INVALID_ARGUMENT for what is no tensor or no known precision.
 */
export const diagnoseOutputs = answering(
  'diagnoseOutputs',
  function diagnoseOutputs(pairs: readonly OutputPair[], context: OutputContext): Findings {
    const groups = new Map<string, OutputPair[]>()
    for (const pair of pairs) {
      requireTensor(pair.reference, `${pair.name}: reference`)
      requireTensor(pair.candidate, `${pair.name}: candidate`)
      groups.set(pair.name, [...(groups.get(pair.name) ?? []), pair])
    }
    if (context.floorDb !== undefined && !Number.isFinite(context.floorDb)) {
      throw new TwinferError(
        'TWINFER_INVALID_ARGUMENT',
        `floorDb: expected decibels, received ${context.floorDb}`,
      )
    }
    const judging: JudgeContext = {
      ...context.work,
      noiseFloorDb: context.noiseFloorDb,
      ...(context.floorDb !== undefined && { tolerance: { sqnr: context.floorDb } }),
    }
    return merge([...groups.values()].map((group) => diagnoseOne(group, context.precision, judging, pairs)))
  },
)

function diagnoseOne(
  pairs: readonly OutputPair[],
  precision: JudgedPrecision | null,
  context: JudgeContext,
  all: readonly OutputPair[],
): Findings {
  const blank = findBlank(pairs)
  if (blank !== null) return { ...nothing, missing: [blank] }
  const aligned = pairs.map(align)
  const isComparable = aligned.every((pair) => pair !== null)
  const measured = isComparable ? measurePairs(aligned.map(({ pair }) => pair)) : null
  const agreement = measured && findAgreement(measured, precision, context)
  const offInSize = measured !== null && isOffInSize(measured, precision)
  if (agreement && !offInSize) {
    const declared = aligned.map((pair) => pair!.declared).find((text) => text !== null)
    return { ...nothing, causes: declared ? declaredCauses(pairs, declared, agreement) : agreement }
  }
  const { misreading, isFaintLine } = searchIn(measured?.map(({ pair }) => pair) ?? pairs, precision, context)
  const likely = measured && precision === null ? findLikelyPrecision(measured, context) : null
  if (misreading.causes.length > 0 && !(likely && isFaintLine))
    return measured ? withFlips(misreading, measured) : misreading
  if (agreement && !isOffInScale(measured)) return { ...misreading, causes: agreement }
  if (likely) return { ...misreading, causes: likely }
  const overflow = findOverflow(pairs, precision)
  const rejected = [...misreading.rejected, ...(overflow.rejected ? [overflow.rejected] : [])]
  if (overflow.cause) return { causes: [overflow.cause], rejected, missing: [] }
  return { causes: [], rejected, missing: openQuestions(pairs, measured, all) }
}

/** A line that was fitted to values of low precision brings them nearer by less than this. */
const clearLineDb = 25

function searchIn(
  pairs: readonly OutputPair[],
  precision: JudgedPrecision | null,
  context: JudgeContext,
): { readonly misreading: Findings; readonly isFaintLine: boolean } {
  const samples = new OutputSamples(pairs)
  const precisions: readonly JudgedPrecision[] = precision === null ? ['fp32', 'fp16', 'bf16'] : [precision]
  const misreading: Misreading = findMisreading(samples, precisions, context)
  const { found, beforeDb } = misreading
  return {
    misreading: {
      causes: causesOf(samples, misreading),
      rejected: rejectionsOf(samples, misreading),
      missing: [],
    },
    isFaintLine:
      found !== null &&
      found.faults === 1 &&
      found.guess.step?.kind === 'line' &&
      found.db - beforeDb < clearLineDb,
  }
}

/** What a user saw of it: best classes that differ. */
function withFlips(findings: Findings, measured: readonly Measured[]): Findings {
  const { flips, positions } = flipsOf(measured)
  if (positions === 0) return findings
  const evidence = { argmaxFlips: flips, argmaxCount: positions }
  return {
    ...findings,
    causes: findings.causes.map((cause) => ({ ...cause, evidence: { ...cause.evidence, ...evidence } })),
  }
}

/** Why nothing can be compared, as a sentence; null where something can. */
function findBlank(pairs: readonly OutputPair[]): string | null {
  const { name } = pairs[0]!
  if (pairs.some(({ reference, candidate }) => reference.length === 0 || candidate.length === 0)) {
    const isBoth = pairs.every(({ reference, candidate }) => reference.length + candidate.length === 0)
    return isBoth
      ? `'${name}' is empty on both sides: give an input for which the network answers.`
      : `'${name}' is empty on one side: ${shapesOf(pairs[0]!)}.`
  }
  const { elements, referenceNan, referenceInf, referenceMaxAbs } = countPairs(pairs)
  if ((referenceNan + referenceInf) * 2 > elements) {
    return `The reference's '${name}' has ${referenceNan} NaN and ${referenceInf} infinities: give one that is right.`
  }
  const isSilent = referenceMaxAbs === 0 && referenceNan + referenceInf === 0
  if (
    isSilent &&
    pairs.some(({ candidate }) => float32Values(candidate).some((value) => Math.abs(value) > 1e-30))
  ) {
    return `The reference's '${name}' is zero throughout, so nothing can be held against it: give an input that the network answers to.`
  }
  return null
}

interface Aligned {
  readonly pair: OutputPair
  /** Both shapes, where the same elements in the same order are said to have another one. */
  readonly declared: { readonly shapes: string; readonly isPermuted: boolean } | null
}

/** The pair with one shape on both sides; null where the number of elements differs. */
function align({ name, reference, candidate }: OutputPair): Aligned | null {
  if (reference.length !== candidate.length) return null
  const isOther = reference.layout !== candidate.layout && candidate.shape.length === 4
  const turned = isOther ? toLayout(candidate, reference.layout) : candidate
  const given = sizesOf(turned.shape) === sizesOf(reference.shape) ? turned : candidate
  const isSame = sizesOf(given.shape) === sizesOf(reference.shape)
  const tensor = new Tensor(given.data, reference.shape, { dtype: given.dtype, layout: reference.layout })
  const isPermuted = [...given.shape].sort().join() === [...reference.shape].sort().join()
  return {
    pair: { name, reference, candidate: tensor },
    declared: isSame ? null : { shapes: shapesOf({ name, reference, candidate }), isPermuted },
  }
}

/** The sizes that place elements: those of 1 never do. */
function sizesOf(shape: readonly number[]): string {
  return shape.filter((size) => size !== 1).join()
}

function shapesOf({ reference, candidate }: OutputPair): string {
  return `reference ${formatShape(reference.shape)}, candidate ${formatShape(candidate.shape)}`
}

/** The elements agree as they lie in memory, only the shape is another one: wrong for who goes by it. */
function declaredCauses(
  pairs: readonly OutputPair[],
  { shapes, isPermuted }: NonNullable<Aligned['declared']>,
  agreement: readonly Cause[],
): readonly Cause[] {
  const { name, reference } = pairs[0]!
  if (!isPermuted) {
    return agreement.map((cause) => ({ ...cause, evidence: { ...cause.evidence, shapes } }))
  }
  const [held] = memoryLayouts(reference.shape, reference.layout)
  const decoder = { held: held!.name, readAs: shapes, note: '', at: (index: number) => index }
  const cause: Cause = {
    code: 'LAYOUT_MISREAD',
    confidence: 0.9,
    message: `'${name}' lies in memory as the reference's does (${held!.name}), but is said to have its dimensions in another order (${shapes}).`,
    evidence: { output: name, held: held!.name, shapes, agreesAs: agreement[0]!.code },
    fix: fixForLayout(name, decoder, null),
  }
  return [cause]
}

/** What would decide, where nothing that is known restores agreement. */
function openQuestions(
  pairs: readonly OutputPair[],
  measured: readonly Measured[] | null,
  all: readonly OutputPair[],
): readonly string[] {
  const { name, candidate, reference } = pairs[0]!
  const values = float32Values(candidate)
  if (values.every((value) => value === values[0])) {
    return [
      `The candidate's '${name}' is ${values[0]} throughout: run the candidate, since its output was never written, or its input never arrived.`,
    ]
  }
  const other = all.find((pair) => pair.name !== name && outputLikeness(pair.reference, candidate) > 20)
  if (other) {
    return [
      `The candidate's '${name}' holds the values of '${other.name}': pair them by name (--pair ${other.name}=${name}).`,
    ]
  }
  const rows = [`Nothing that happens to outputs explains '${name}': the model, or its input, decides.`]
  if (reference.length < 8)
    rows.push(`'${name}' has ${reference.length} values, too few to tell a scale from anything else.`)
  const worst = measured ? worstOf(measured) : Number.NEGATIVE_INFINITY
  if (worst > 30 && Number.isFinite(worst)) {
    rows.push(
      `The ${formatDb(worst)} of '${name}' are as much as rounding to a lower precision leaves: which one ran, and how the file stores its weights, would decide.`,
    )
  }
  return rows
}

/** Good news of one output says nothing beside a fault of another; the surest cause first. */
function merge(found: readonly Findings[]): Findings {
  const causes = found.flatMap(({ causes }) => causes)
  const missing = found.flatMap(({ missing }) => missing)
  const isOpen = found.some(({ causes, missing }) => causes.length === 0 && missing.length > 0)
  const sorted = sameCauses(causes).sort((a, b) => rankOf(b) - rankOf(a))
  const faults = sorted.filter(({ code }) => code !== 'NONE')
  return {
    causes: faults.length > 0 || isOpen ? faults : sorted.slice(0, 1),
    rejected:
      faults.some(isFault) || isOpen ? found.flatMap(({ rejected }): readonly Rejected[] => rejected) : [],
    missing,
  }
}

function isFault({ code }: Cause): boolean {
  return code !== 'NONE' && code !== 'PRECISION_EXPECTED' && code !== 'ARGMAX_TIES'
}

function rankOf(cause: Cause): number {
  return isFault(cause) ? 1 + cause.confidence : 0
}

/** One cause for several outputs that have it, by its surest evidence. */
function sameCauses(causes: readonly Cause[]): Cause[] {
  const byCode = new Map<string, Cause[]>()
  for (const cause of causes) byCode.set(cause.code, [...(byCode.get(cause.code) ?? []), cause])
  return [...byCode.values()].map((same) => {
    const [first] = [...same].sort((a, b) => b.confidence - a.confidence)
    const outputs = same.map(({ evidence }) => evidence.output)
    return same.length === 1 ? first! : { ...first!, evidence: { ...first!.evidence, outputs } }
  })
}
