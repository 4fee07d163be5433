/** @typedef {{ edges: number[], counts: number[] }} UlpHistogram as in src/compare/measure/OutputComparison.ts */

drawings.ulp = (element, /** @type {UlpHistogram} */ { edges, counts }) => {
  // Most bins are for distances that only unrelated values have.
  const shown = Math.max(8, counts.findLastIndex((count) => count > 0) + 2)
  const bins = edges.slice(0, shown).map((_, at) => at)
  addPlot(
    element,
    {
      scales: {
        x: { time: false, distr: 2, range: () => [-0.6, bins.length - 0.4] },
        y: countScale(Math.max(...counts)),
      },
      axes: [
        axis('ULP', { values: (_, splits) => splits.map((at) => shortCount(edges[at] ?? 0)), space: 34 }),
        countAxis(),
      ],
      cursor: { y: false, drag: { x: false }, points: { show: false } },
      series: [{}, bars()],
    },
    [bins, bins.map((at) => counts[at] || null)],
    (at) => `${counts[at]} elements ${ulpRange(edges, at)}`,
  )
}

/**
 * @param {number[]} edges
 * @param {number} at
 */
function ulpRange(edges, at) {
  const [from = 0, end] = edges.slice(at, at + 2)
  if (from === 0) return 'are bit-identical'
  if (end === undefined) return `differ by ${from} ULP or more`
  return end - from === 1 ? `differ by ${from} ULP` : `differ by ${from} to ${end - 1} ULP`
}
