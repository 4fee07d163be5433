import type { FinishedVerdict } from '../../pack/PackVerdict.js'
import { candidateSeries } from '../../report/series/candidateSeries.js'
import type { NamedTensors } from '../../tensor/NamedTensors.js'
import { toLayout } from '../../tensor/toLayout.js'
import type { ReportSource } from '../reports/ReportSource.js'

/** What `--report`, `--csv` and `--junit` are made of. */
export function reportSource(
  pack: string,
  finished: FinishedVerdict,
  warnings: readonly string[],
): ReportSource {
  const { run, timing, notices, judgedAs, outputs, layers, verdict } = finished.verdict
  const candidate = {
    model: run.model.path,
    engine: run.model.engine,
    effective: { ...run.effective, engineVersion: run.versions.engine },
    ...(timing && { timing }),
    noise: run.noise,
    judgedAs,
    outputs,
    verdict,
    warnings: [...notices.map(({ message }) => message), ...warnings],
    ...(layers && { layers }),
  }
  return {
    comparison: { reference: { model: pack, engine: 'pack', effective: null }, candidates: [candidate] },
    series: (points) => [candidateSeries(outputs, finished.golden, judgedOutputs(finished), { points })],
  }
}

/** As they were judged: under the recorded names, and in the recorded layouts. */
function judgedOutputs({ verdict, golden, outputs }: FinishedVerdict): NamedTensors {
  const measured = verdict.outputs.filter(({ elements }) => elements !== undefined)
  return Object.fromEntries(
    measured.map(({ name, candidateName = name }) => [
      name,
      toLayout(outputs[candidateName]!, golden[name]!.layout),
    ]),
  )
}
