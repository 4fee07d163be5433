/** What all plots share: size, axes, keyboard and the line that says what is under the cursor. */

/** @type {uPlot[]} */
const plots = []

/** @type {Record<string, (element: HTMLElement, data: any) => void>} */
const drawings = {}

/**
 * @param {HTMLElement} element with the size that the plot gets
 * @param {Omit<uPlot.Options, 'width' | 'height'>} options
 * @param {uPlot.AlignedData} data
 * @param {(index: number) => string} describe what the readout says of an element of the data
 */
function addPlot(element, options, data, describe) {
  const readout = element.parentElement?.querySelector('output')
  /** @param {uPlot} plot */
  const say = (plot) => {
    const index = plot.cursor.idxs?.find((each) => each !== null && each !== undefined) ?? plot.cursor.idx
    if (readout) readout.textContent = index === null || index === undefined ? '' : describe(index)
  }
  const plot = new uPlot(
    {
      ...options,
      width: element.clientWidth,
      height: element.clientHeight,
      legend: { show: false },
      hooks: { ...options.hooks, setCursor: [say] },
    },
    data,
    element,
  )
  element.addEventListener('keydown', (event) => moveByKey(plot, event))
  new ResizeObserver(() =>
    plot.setSize({ width: element.clientWidth, height: element.clientHeight }),
  ).observe(element)
  plots.push(plot)
}

/**
 * @param {uPlot} plot
 * @param {KeyboardEvent} event
 */
function moveByKey(plot, event) {
  const last = plot.data[0].length - 1
  const now = plot.cursor.idx ?? -1
  const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key]
  if (next === undefined) return
  event.preventDefault()
  const index = Math.max(0, Math.min(last, next))
  const y = plot.data.slice(1).find((values) => typeof values[index] === 'number')?.[index] ?? 0
  plot.setCursor({ left: plot.valToPos(plot.data[0][index] ?? 0, 'x'), top: plot.valToPos(y, 'y') })
}

/**
 * @param {string} name
 * @param {number} size
 * @returns {uPlot.Series}
 */
function dots(name, size) {
  return {
    paths: () => null,
    points: { show: true, size, space: 0, width: 0, stroke: () => colour(name), fill: () => colour(name) },
  }
}

/**
 * @param {string} label
 * @param {Partial<uPlot.Axis>} [options]
 * @returns {uPlot.Axis}
 */
function axis(label, options) {
  return {
    label,
    size: 32,
    labelSize: 16,
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    stroke: () => colour('muted'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { stroke: () => colour('grid'), width: 1, size: 4 },
    values: (_, splits) => splits.map(shortNumber),
    ...options,
  }
}

/** Counts differ by orders of magnitude, and a count of one must be seen.
 * @param {number} most
 * @returns {uPlot.Scale} */
function countScale(most) {
  return { distr: 3, range: () => [0.5, Math.max(10, most * 1.5)] }
}

/** @returns {uPlot.Axis} */
function countAxis() {
  return axis('elements', {
    size: 46,
    splits: (_, __, ___, most) => powersOfTen(most),
    values: (_, splits) => splits.map(shortCount),
  })
}

/**
 * From 1 on.
 * @param {number} most
 */
function powersOfTen(most) {
  return Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, exponent) => 10 ** exponent)
}

/** @param {number} count */
function shortCount(count) {
  const [divisor, unit] = count < 1e3 ? [1, ''] : count < 1e6 ? [1e3, 'k'] : [1e6, 'M']
  return `${Number((count / divisor).toPrecision(3))}${unit}`
}

/** @param {number | null} value */
function shortNumber(value) {
  if (value === null) return ''
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(4)))
  return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
}
