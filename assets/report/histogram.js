/** @typedef {{ limit: number, counts: number[] }} Histogram as in src/report/prepareSeries.ts */

drawings.histogram = (element, /** @type {Histogram} */ { limit, counts }) => {
  const reach = limit || 1
  const width = (2 * reach) / counts.length
  const middles = counts.map((_, at) => (at + 0.5) * width - reach)
  addPlot(
    element,
    {
      scales: { x: { time: false, range: () => [-reach, reach] }, y: countScale(Math.max(...counts)) },
      axes: [axis('candidate − reference', { space: 70 }), countAxis()],
      cursor: { y: false, drag: { x: false }, points: { show: false } },
      series: [{}, bars()],
    },
    [middles, counts.map((count) => count || null)],
    (at) =>
      limit === 0
        ? `${counts[0]} elements, all without an error`
        : `${counts[at]} elements from ${shortNumber((middles[at] ?? 0) - width / 2)} to ${shortNumber((middles[at] ?? 0) + width / 2)}`,
  )
}

/** @returns {uPlot.Series} */
function bars() {
  return {
    stroke: () => colour('error'),
    fill: () => colour('error'),
    width: 0,
    points: { show: false },
    ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.9, 60] }) }),
  }
}
