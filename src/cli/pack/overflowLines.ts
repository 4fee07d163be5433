import { formatNumber } from '../../format/numbers.js'
import type { OverflowForecast } from '../../pack/overflowForecast.js'
import { paint } from '../../report/index.js'

const most = 5

/** The layers whose recorded values are beyond fp16, the largest first. */
export function overflowLines(forecast: readonly OverflowForecast[]): readonly string[] {
  const sorted = [...forecast].sort((a, b) => b.maxAbs - a.maxAbs)
  const lines = sorted.slice(0, most).map(({ layer, maxAbs, level }) => {
    const size = `|x| up to ${formatNumber(maxAbs)}`
    return level === 'certain'
      ? paint('red', `fp16 overflows at ${layer}: ${size}, fp16 ends at 65504`)
      : paint('yellow', `fp16 may overflow at ${layer}: ${size}, sums of ten such values are beyond 65504`)
  })
  return sorted.length > most ? [...lines, `… and ${sorted.length - most} more layers`] : lines
}
