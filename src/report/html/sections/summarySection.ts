import type { ReportedComparison } from '../../document/ReportedComparison.js'
import { verdictWord } from '../../document/verdictWord.js'
import { type Html, html } from '../html.js'
import { badge } from './badge.js'
import { name } from './name.js'
import { notesList } from './notesList.js'
import { table } from './table.js'

/** One row a candidate: what passed, and the number that decided. */
export function summarySection({ reference, candidates }: ReportedComparison): Html {
  const columns = [
    { title: 'candidate' },
    { title: 'verdict' },
    { title: 'reason', kind: 'prose' as const },
    { title: 'engine' },
    { title: 'precision' },
    { title: 'judged as' },
  ]
  const rows = candidates.map(({ model, engine, effective, judgedAs, verdict }, at) => [
    html`<a href="#candidate-${at}">${name(model)}</a>`,
    badge(verdictWord(verdict)),
    verdict.reason,
    `${engine} ${effective.engineVersion}`,
    effective.precision,
    judgedAs?.precision ?? effective.precision,
  ])
  return html`<section>
<h2>Verdict</h2>
<p>Reference: ${name(reference.path ?? reference.model)} (${reference.effective ? `${reference.engine} ${reference.effective.engineVersion}, ${reference.effective.precision}` : 'recorded outputs'})</p>
${reference.effective && notesList(reference.effective.notes)}
${table('Verdict of each candidate', columns, rows)}
</section>`
}
