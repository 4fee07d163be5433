import { apart, type Covariance, covarianceOf, type Line, lineOf, mixtureOf } from './covariance.js'
import { pixelStep } from './pixelGrid.js'
import type { Planes } from './planes.js'
import { blockMeans } from './resample.js'

/** What became of the channels between two pictures that show the same. */
export interface Colours {
  /** For each golden channel, the deployed channel that holds it. */
  readonly order: readonly number[]
  /** The golden channels by those deployed channels. */
  readonly lines: readonly Line[]
  /** Which of the two has one channel's content in all of its channels where the other has colours. */
  readonly grey: 'golden' | 'deployed' | null
  /** Where one is grey: each of its channels as a mixture of the other's, as shares of the sum. */
  readonly lumaWeights: readonly number[] | null
  /** Orders that these pictures cannot tell from `order`, for want of colour. */
  readonly tied: readonly (readonly number[])[]
  /** The share of the variance that is left with this order, and with the channels as they are. */
  readonly error: number
  readonly straightError: number
  /** What a step of 8-bit pixels is worth in each golden channel, about: a 255th of its range. */
  readonly levels: readonly number[]
  /** The standard error of slopes and offsets, as a share of a channel's deviation. */
  readonly uncertainty: number
}

/** Blocks as means hide what filters change; this many along the short side leave enough of them. */
const blocksAlong = 24

/**
 * Compares the channels of two pictures of one size that show the same.
 *
 * @param coarsest how many of their pixels one pixel covers in what the coarser of the two was made of
 */
export function compareColours(golden: Planes, deployed: Planes, coarsest = 1): Colours {
  const all = covarianceOf(golden, deployed)
  const isExact = mixtureOf(all).error < 1e-6
  const covariance = isExact ? all : blockCovariance(golden, deployed, coarsest)
  const count = Math.min(golden.channels.length, deployed.channels.length)
  const straight = Array.from({ length: count }, (_, c) => c)
  const scored = permutations(count).map((order) => ({ order, error: orderError(covariance, order) }))
  const straightError = orderError(covariance, straight)
  const best = scored.reduce((a, b) => (b.error < a.error ? b : a))
  const isBetter = straightError > 1.6 * best.error + (isExact ? 1e-9 : 2e-5)
  const { order, error } = isBetter ? best : { order: straight, error: straightError }
  const grey = greySide(all, count)
  return {
    order: grey ? straight : order,
    lines: (grey ? straight : order).map((k, c) => lineOf(covariance, c, k)),
    grey,
    lumaWeights: grey && count === 3 ? lumaWeights(golden, deployed, grey) : null,
    tied: grey
      ? []
      : scored
          .filter((one) => one.order !== order && `${one.order}` !== `${order}`)
          .filter((one) => one.error <= 1.6 * error + (isExact ? 1e-9 : 2e-5))
          .map((one) => one.order),
    error: grey ? straightError : error,
    straightError,
    levels: golden.channels.map((plane, c) => {
      const k = (grey ? straight : order)[c]!
      return Math.max(
        pixelStep(plane),
        Math.abs(lineOf(covariance, c, k).slope) * pixelStep(deployed.channels[k]!),
      )
    }),
    uncertainty: Math.sqrt(Math.max(error, 1e-12) / Math.max(1, covariance.pixels - 2)),
  }
}

/** Fewer than this along the short side say too little. */
const fewestBlocks = 8
/** In pixels: filters sharpen what is smaller. */
const leastSide = 4

/**
 * Every pixel counts where nothing was filtered; else means of blocks, which the filters leave alone. In blocks no larger
 * than a pixel of the coarser picture the finer one still has detail that the other has not, which passes for contrast.
 */
export function blockCovariance(golden: Planes, deployed: Planes, coarsest = 1): Covariance {
  const short = Math.min(golden.width, golden.height)
  const wanted = Math.max(leastSide, Math.floor(short / blocksAlong), Math.ceil(2 * coarsest))
  const side = Math.max(1, Math.min(wanted, Math.floor(short / fewestBlocks)))
  return covarianceOf(blockMeans(golden, side), blockMeans(deployed, side))
}

function orderError(covariance: Covariance, order: readonly number[]): number {
  const total = order.reduce((sum, k, c) => sum + lineOf(covariance, c, k).error, 0)
  return order.length > 0 ? total / order.length : 0
}

export function permutations(count: number): number[][] {
  if (count > 4) return [Array.from({ length: count }, (_, c) => c)]
  const extend = (head: number[], rest: number[]): number[][] =>
    rest.length === 0
      ? [head]
      : rest.flatMap((item, i) => extend([...head, item], [...rest.slice(0, i), ...rest.slice(i + 1)]))
  return extend(
    [],
    Array.from({ length: count }, (_, c) => c),
  )
}

/** What the rounding of two channels, or another decoder's, sets them apart by at most: 35 dB each. */
const leastColour = 6e-4

/** The side whose channels are all one content: to the last digit, which no picture with colours is. */
function greySide(covariance: Covariance, count: number): 'golden' | 'deployed' | null {
  if (count < 3) return null
  const spread = (first: number) => {
    let most = 0
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < a; b++) most = Math.max(most, apart(covariance, first + a, first + b))
    }
    return most
  }
  const [golden, deployed] = [spread(0), spread(covariance.explained)]
  if (deployed < 1e-5 && golden > leastColour && golden > 30 * deployed) return 'deployed'
  if (golden < 1e-5 && deployed > leastColour && deployed > 30 * golden) return 'golden'
  return null
}

/** Whether all channels are one content: to the last digit, which no picture with colours is. */
export function isGrey(planes: Planes): boolean {
  if (planes.channels.length < 3) return false
  const covariance = covarianceOf(planes, { ...planes, channels: [] })
  return planes.channels.every((_, c) => apart(covariance, 0, c) < 1e-5)
}

/** One channel about as bright as all of them, whatever their ranges. */
export function brightness(planes: Planes): Planes {
  const { matrix } = covarianceOf(planes, { ...planes, channels: [] })
  const sum = new Float32Array(planes.width * planes.height)
  const shares = planes.channels.length === 3 ? luma : planes.channels.map(() => 1)
  planes.channels.forEach((plane, c) => {
    const weight = shares[c]! / (Math.sqrt(matrix[c]![c]!) || 1)
    for (let i = 0; i < plane.length; i++) sum[i]! += weight * plane[i]!
  })
  return { width: planes.width, height: planes.height, channels: [sum] }
}

/** BT.601's, which everybody's grey is made with. */
const luma = [0.299, 0.587, 0.114]

function lumaWeights(golden: Planes, deployed: Planes, grey: 'golden' | 'deployed'): number[] {
  const [one, other] = grey === 'deployed' ? [deployed, golden] : [golden, deployed]
  const { weights } = mixtureOf(covarianceOf({ ...one, channels: [one.channels[0]!] }, other))
  const sum = weights[0]!.reduce((total, weight) => total + weight, 0)
  return weights[0]!.map((weight) => weight / (sum || 1))
}
