import { float32Values } from '../../tensor/convertTensor.js'
import { Tensor } from '../../tensor/Tensor.js'
import { aligned, compareTensors, valueLines } from './comparePlanes.js'
import { type InputPair, readingsBetween } from './diagnosePair.js'
import { type Box, isConstant, orient, pictureShape, planesOf } from './planes.js'

/**
 * The deployed input with its faults undone: read, turned and coloured as the golden one is. Null where nothing brings the
 * one over the other, or where that takes the picture again: another part of it, another filter, colours.
 */
export function undoneInput(pair: InputPair): Tensor | null {
  const shapes = { golden: pictureShape(pair.golden), deployed: pictureShape(pair.deployed) }
  const golden = planesOf(pair.golden)[0]!
  const readings = readingsBetween(pair, shapes)
  if (!readings || isConstant(golden)) return null
  const { alignment, isExplained, geometry, colours, normalisation, bars } = compareTensors(golden, readings)
  const turned = orient(alignment.reading.planes, alignment.orientation)
  const planes = alignment.goldenContent.bars ? turned : aligned(alignment)
  if (planes.width !== golden.width || planes.height !== golden.height) return null
  if (!isExplained || geometry !== 'same' || colours.grey) return null
  const lines = valueLines(colours.lines, colours, normalisation)
  const [across, along] = shapes.golden.channelsLast
    ? [1, planes.channels.length]
    : [planes.width * planes.height, 1]
  const content = alignment.goldenContent.box
  const shown = (shift: Shift): Float32Array => {
    const values = new Float32Array(pair.golden.length)
    lines.forEach(({ slope, offset }, c) => {
      const plane = planes.channels[colours.order[c]!]!
      const padding = bars.differ ? bars.golden?.[c] : undefined
      for (let i = 0; i < plane.length; i++) {
        const [x, y] = [i % planes.width, Math.floor(i / planes.width)]
        const isBar = !contains(content, x, y)
        const from = isBar ? i : nearest(content, x + shift.x, y + shift.y, planes.width)
        values[c * across + i * along] =
          isBar && padding !== undefined ? padding : slope * plane[from]! + offset
      }
    })
    return values
  }
  const wanted = float32Values(pair.golden)
  const attempts = (alignment.goldenContent.bars ? pixelOff : [{ x: 0, y: 0 }]).map((shift) => {
    const values = shown(shift)
    return { values, error: values.reduce((sum, value, i) => sum + (value - wanted[i]!) ** 2, 0) }
  })
  const { values } = attempts.reduce((best, one) => (one.error < best.error ? one : best))
  return new Tensor(values, pair.golden.shape, { layout: pair.golden.layout })
}

/** How far a picture is moved, in pixels. */
interface Shift {
  readonly x: number
  readonly y: number
}

/** A picture that is turned may come to lie a pixel off; where there are no bars, registration has told it. */
const pixelOff: readonly Shift[] = [0, -1, 1].flatMap((y) => [0, -1, 1].map((x) => ({ x, y })))

/** The index of a pixel, or of the one of the box that is nearest to it. */
function nearest({ x, y, width, height }: Box, column: number, row: number, stride: number): number {
  const inside = (value: number, from: number, size: number) =>
    Math.min(from + size - 1, Math.max(from, value))
  return inside(row, y, height) * stride + inside(column, x, width)
}

function contains({ x, y, width, height }: Box, column: number, row: number): boolean {
  return column >= x && column < x + width && row >= y && row < y + height
}
