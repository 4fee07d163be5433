/**
 * Settings by speed and accuracy, the fastest first.
 * @typedef {object} Settings
 * @property {string[]} names
 * @property {number[]} ms of a run
 * @property {number[]} db
 * @property {boolean[]} front whether no other setting is as fast and as exact
 */

drawings.settings = (element, /** @type {Settings} */ { names, ms, db, front }) => {
  const shown = db.map((value) => Math.min(value, highestDb))
  /** @param {boolean} isFront */
  const those = (isFront) => shown.map((value, at) => (front[at] === isFront ? value : null))
  addPlot(
    element,
    {
      scales: { x: { time: false, range: paddedRange }, y: { range: decibelRange } },
      axes: [axis('milliseconds of a run', { space: 70 }), axis('SQNR in dB', { size: 46 })],
      cursor: { drag: { x: false }, dataIdx: nearestPoint, points: { show: false } },
      series: [
        {},
        { stroke: () => colour('worst'), width: 1, spanGaps: true, points: { show: false } },
        dots('sample', 7),
        dots('worst', 9),
      ],
    },
    [ms, those(true), those(false), those(true)],
    (at) =>
      `${names[at]}: ${shortNumber(ms[at] ?? null)} ms, ${decibels(db[at])}${front[at] ? ' (front)' : ''}`,
  )
}
