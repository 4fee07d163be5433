import { formatMs } from '../../../format/numbers.js'
import type { ReportedCandidate } from '../../document/ReportedComparison.js'
import { verdictWord } from '../../document/verdictWord.js'
import type { OutputSeries } from '../../series/OutputSeries.js'
import { type Html, html } from '../html.js'
import { badge } from './badge.js'
import { layersPanel } from './layersPanel.js'
import { name } from './name.js'
import { notesList } from './notesList.js'
import { outputPanel } from './outputPanel.js'
import { outputTable } from './outputTable.js'

/** Everything about one candidate, from the verdict down to single elements. */
export function candidateSection(
  candidate: ReportedCandidate,
  at: number,
  series: Readonly<Record<string, OutputSeries>>,
): Html {
  const { model, path = model, engine, effective, timing, outputs, verdict, warnings, layers } = candidate
  const word = verdictWord(verdict)
  const notes = [...runNotes(candidate), ...effective.notes, ...warnings]
  return html`<section id="candidate-${at}">
<h2>${name(model)}</h2>
${path !== model && html`<p class="muted">${name(path)}</p>`}
<p class="verdict ${word}">${badge(word)} ${verdict.reason}</p>
<p class="muted">${engine} ${effective.engineVersion}, ${effective.precision}${timing && `, load ${formatMs(timing.loadMs)}, run ${formatMs(timing.runMs)}`}</p>
${notesList(notes)}
<h3>Outputs</h3>
${outputTable(outputs)}
${layers && layersPanel(layers, verdict)}
${outputs.map((output) => outputPanel(output, Object.hasOwn(series, output.name) ? series[output.name] : undefined))}
</section>`
}

/** First what makes all numbers doubtful. */
function runNotes({ noise, judgedAs }: ReportedCandidate): readonly string[] {
  return [
    ...(noise?.deterministic === false
      ? [`not deterministic: ${noise.runs} runs on the same input differ`]
      : []),
    ...(judgedAs?.because ? [`judged as ${judgedAs.precision}: ${judgedAs.because}`] : []),
  ]
}
