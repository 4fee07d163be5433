/**
 * @typedef {object} Scatter
 * @property {string[]} places the elements' coordinates
 * @property {number[]} reference rising
 * @property {number[]} error candidate - reference
 * @property {number[]} worst positions in these arrays
 */

drawings.scatter = (element, /** @type {Scatter} */ { places, reference, error, worst }) => {
  const candidate = reference.map((value, at) => value + (error[at] ?? 0))
  const stressed = new Set(worst)
  addPlot(
    element,
    {
      scales: { x: { time: false, range: paddedRange }, y: {} },
      axes: [axis('reference', { space: 70 }), axis('candidate', { size: 60 })],
      cursor: { drag: { x: false }, dataIdx: nearestPoint, points: { show: false } },
      series: [
        {},
        { stroke: () => colour('identity'), width: 1, points: { show: false } },
        dots('sample', 4),
        dots('worst', 7),
      ],
    },
    [
      reference,
      reference,
      candidate.map((value, at) => (stressed.has(at) ? null : value)),
      candidate.map((value, at) => (stressed.has(at) ? value : null)),
    ],
    (at) =>
      `${places[at]}: reference ${shortNumber(reference[at] ?? 0)}, candidate ${shortNumber(candidate[at] ?? 0)}, error ${shortNumber(error[at] ?? 0)}`,
  )
}

/**
 * @param {uPlot} _
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
function paddedRange(_, low, high) {
  const [from, to] = [low ?? 0, high ?? 1]
  const padding = (to - from) * 0.04 || Math.abs(from) * 0.1 || 1
  return [from - padding, to + padding]
}

/**
 * Of the points whose x is close, the one that is nearest on the screen.
 * @param {uPlot} plot
 * @param {number} series
 * @param {number} closest
 */
function nearestPoint(plot, series, closest) {
  const { left = 0, top = 0 } = plot.cursor
  let best = closest
  let bestDistance = Number.POSITIVE_INFINITY
  for (let at = Math.max(0, closest - 200); at <= closest + 200; at++) {
    const x = plot.data[0][at]
    const y = plot.data[2]?.[at] ?? plot.data[3]?.[at]
    if (x === undefined || y === null || y === undefined) continue
    const distance = Math.hypot(plot.valToPos(x, 'x') - left, plot.valToPos(y, 'y') - top)
    if (distance >= bestDistance) continue
    best = at
    bestDistance = distance
  }
  return series === 0 ? closest : best
}
