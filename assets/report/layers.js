/**
 * One array entry a layer; decibels are null where there is nothing to compare with.
 * @typedef {object} Layers
 * @property {string[]} names
 * @property {string[]} types
 * @property {string[]} blobs
 * @property {string[]} shapes
 * @property {(number | null)[]} accumulated
 * @property {(number | null)[]} own
 * @property {(number | null)[]} maxAbs
 * @property {number[]} broken layers with a NaN or Infinity on one side only
 * @property {number | null} divergence
 * @property {number | null} floorDb
 */

/** Identical layers have 400 dB: drawn there, all others would be one flat line. The same holds for nonsense. */
const [lowestDb, highestDb] = [-40, 160]

drawings.layers = (element, /** @type {Layers} */ data) => {
  const depth = data.names.map((_, at) => at)
  addPlot(
    element,
    {
      scales: { x: { time: false, range: () => [-0.5, depth.length - 0.5] }, y: { range: decibelRange } },
      axes: [
        axis('layer', { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }),
        axis('SQNR in dB', { size: 46 }),
      ],
      cursor: { drag: { x: true, y: false }, points: { size: 8 } },
      series: [{}, curve('accumulated', depth.length), dots('own', depth.length > 150 ? 4 : 6)],
      hooks: { draw: [(plot) => drawMarks(plot, data)] },
    },
    [depth, clipped(data.accumulated), clipped(data.own)],
    (at) => describeLayer(data, at),
  )
}

/** @param {(number | null)[]} decibels */
function clipped(decibels) {
  return decibels.map((value) => (value === null ? null : Math.max(lowestDb, Math.min(value, highestDb))))
}

/**
 * @param {string} name
 * @param {number} layers
 * @returns {uPlot.Series}
 */
function curve(name, layers) {
  return {
    stroke: () => colour(name),
    width: 2,
    spanGaps: true,
    points: { show: layers <= 150, size: 5, stroke: () => colour(name), fill: () => colour(name) },
  }
}

/**
 * @param {uPlot} _
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
function decibelRange(_, low, high) {
  return [Math.min(0, Math.floor((low ?? 0) / 10) * 10), Math.max(40, Math.ceil(((high ?? 0) + 5) / 10) * 10)]
}

/**
 * @param {uPlot} plot
 * @param {Layers} data
 */
function drawMarks(plot, { broken, divergence, floorDb }) {
  const { ctx, bbox } = plot
  const ratio = uPlot.pxRatio
  ctx.save()
  ctx.lineWidth = 1.5 * ratio
  if (floorDb !== null) {
    const y = plot.valToPos(floorDb, 'y', true)
    ctx.setLineDash([6 * ratio, 4 * ratio])
    line(ctx, colour('floor'), [bbox.left, y], [bbox.left + bbox.width, y])
  }
  ctx.setLineDash([])
  if (divergence !== null) {
    const x = plot.valToPos(divergence, 'x', true)
    line(ctx, colour('divergence'), [x, bbox.top], [x, bbox.top + bbox.height])
  }
  for (const layer of broken) {
    const x = plot.valToPos(layer, 'x', true)
    const [size, bottom] = [4 * ratio, bbox.top + bbox.height - 2 * ratio]
    line(ctx, colour('divergence'), [x - size, bottom - 2 * size], [x + size, bottom])
    line(ctx, colour('divergence'), [x + size, bottom - 2 * size], [x - size, bottom])
  }
  ctx.restore()
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} stroke
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
function line(ctx, stroke, from, to) {
  ctx.strokeStyle = stroke
  ctx.beginPath()
  ctx.moveTo(...from)
  ctx.lineTo(...to)
  ctx.stroke()
}

/**
 * @param {Layers} data
 * @param {number} at
 */
function describeLayer(data, at) {
  const { names, types, blobs, shapes, accumulated, own, maxAbs, divergence } = data
  const place = `${at}: ${names[at]} (${types[at]}), blob ${blobs[at]} ${shapes[at]}`
  const errors = `as it ran ${decibels(accumulated[at])}, alone ${decibels(own[at])}, max abs ${shortNumber(maxAbs[at] ?? null) || 'n/a'}`
  return `${place}: ${errors}${at === divergence ? ' (first divergence)' : ''}`
}

/** @param {number | null | undefined} value */
function decibels(value) {
  if (value === null || value === undefined) return 'n/a'
  return value >= 400 ? 'identical' : `${value.toFixed(1)} dB`
}
