import type { Vote } from '../../../compare/vote.js'
import { formatDb } from '../../../format/decibels.js'
import { type Html, html } from '../html.js'
import { name } from './name.js'
import { table } from './table.js'

/** Who agrees with whom: a fault is on the side of the one that stands alone. */
export function voteSection({ message, pairs }: Vote): Html {
  const columns = [
    { title: 'between' },
    { title: 'and' },
    { title: 'output' },
    { title: 'SQNR', kind: 'number' as const },
  ]
  const rows = pairs.map(({ a, b, output, sqnrDb }) => [name(a), name(b), name(output), formatDb(sqnrDb)])
  return html`<section>
<h2>Who is the odd one out</h2>
<p>${message}</p>
${table('Agreement of each pair of runs', columns, rows)}
</section>`
}
