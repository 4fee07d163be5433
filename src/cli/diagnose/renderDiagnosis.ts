import { basename } from 'node:path'
import type { Cause, Rejected } from '../../diagnose/Cause.js'
import { outcomeOf } from '../../diagnose/conclude.js'
import { badge, type Html, html, name, notesList, table } from '../../report/html/html.js'
import { environmentSection, renderPage, textAssets } from '../../report/html/page.js'
import { type DiagnosisDocument, showEvidence } from './printDiagnosis.js'

/** The diagnosis as one page without any other file. The same input gives the same page, byte for byte. */
export function renderDiagnosis(
  document: DiagnosisDocument,
  created: string,
  environment: Readonly<Record<string, string>>,
): string {
  const { candidate, reference, causes, rejected, missing, rungs } = document
  const title = `${basename(candidate)}: ${causes[0]?.code}`
  return renderPage(
    {
      title,
      heading: html`Diagnosis of <bdi>${basename(candidate)}</bdi> ${badge(outcomeOf(causes))}`,
      created,
      main: html`<section>
<h2>Causes</h2>
<p>Candidate: ${name(candidate)}${reference !== null && html`; reference: ${name(reference)}`}</p>
${notesList(missing)}
${causes.map(causeSection)}
</section>
<section>
<h2>What was looked at</h2>
${table(
  'Rungs',
  [{ title: 'rung' }, { title: 'what it came to', kind: 'prose' }],
  rungs.map(({ rung, said }) => [rung, said]),
)}
${rejectedTable(rejected)}
</section>
${environmentSection(environment)}`,
    },
    textAssets(),
  )
}

function causeSection({ code, confidence, message, evidence, fix }: Cause, at: number): Html {
  const fixes = Object.entries(fix ?? {}).map(([place, line]) => [place, html`<code>${line}</code>`])
  return html`<h3>${at + 1}. <code>${code}</code> (confidence ${confidence.toFixed(2)})</h3>
<p>${message}</p>
${table(
  `Evidence of ${code}`,
  [{ title: 'evidence' }, { title: 'value', kind: 'prose' }],
  Object.entries(evidence).map(([key, value]) => [key, showEvidence(value, key)]),
)}
${fixes.length > 0 && table(`Remedy of ${code}`, [{ title: 'in' }, { title: 'line', kind: 'prose' }], fixes)}`
}

function rejectedTable(rejected: readonly Rejected[]): Html | false {
  return (
    rejected.length > 0 &&
    table(
      'What was tried and does not hold',
      [{ title: 'not' }, { title: 'why', kind: 'prose' }],
      rejected.map(({ code, message }) => [html`<code>${code}</code>`, message]),
    )
  )
}
