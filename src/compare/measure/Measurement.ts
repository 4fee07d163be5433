import { IDENTICAL_DB, powerRatioDb } from '../../format/numbers.js'
import type { NativeMeasurement, NativeMeasureRequest, NativeSums } from '../../native/NativeMetrics.js'

/** What one pass over two tensors gathers; everything else follows from it. */
export type Measurement = NativeMeasurement
export type MeasureRequest = NativeMeasureRequest

/** What every measuring loop reads: float32Values() of a tensor. */
export type Scores = Float32Array | Float64Array

/** Whether ratios of these sums say anything: no NaN or Infinity on one side only, and something finite. */
export function isComparable(sums: NativeSums): boolean {
  return (
    sums.finite > 0 &&
    sums.nonFiniteIndex < 0 &&
    // Squares of doubles beyond 1e154 overflow; a ratio with an infinity in it would look perfect.
    Number.isFinite(sums.referencePower + sums.candidatePower + sums.errorPower)
  )
}

/**
 * What engines leave where nothing is: exp is cut off at -87 or -88, so a sigmoid or a softmax that is 0 elsewhere is
 * up to 2e-38, and values below 1.2e-38 (denormal) are zero in one engine and not in another. A scale may follow, so
 * there is room for one of a million; whatever a network says is far above that too.
 */
export const silence = 1e-30

/** Whether no element differs by more than silence does. */
function differsBySilence({ maxAbs }: NativeSums): boolean {
  return maxAbs <= silence
}

/** In dB, within ±IDENTICAL_DB. */
export function sqnrOf(sums: NativeSums): number {
  return differsBySilence(sums) ? IDENTICAL_DB : powerRatioDb(sums.referencePower, sums.errorPower)
}

/** 1 for two zero vectors, 0 for one; rounding beyond ±1 is cut off. */
export function cosineOf(sums: NativeSums): number {
  const { referencePower, candidatePower, product } = sums
  if ((referencePower === 0 && candidatePower === 0) || differsBySilence(sums)) return 1
  if (referencePower === 0 || candidatePower === 0) return 0
  // In this form equal vectors give exactly 1, and no intermediate overflows.
  const cosine = (product / referencePower) * Math.sqrt(referencePower / candidatePower)
  return Math.max(-1, Math.min(1, cosine))
}

/** To so many decimals, downwards: lest 79.96 is said to be 80.0 and below 80. */
export function roundDown(value: number, decimals: number): number {
  return Math.floor(value * 10 ** decimals) / 10 ** decimals
}

/** To so many significant digits, upwards. */
export function roundUp(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits))
  if (rounded >= value) return rounded
  const step = 10 ** (Math.floor(Math.log10(value)) - digits + 1)
  return Number((rounded + step).toPrecision(digits))
}
