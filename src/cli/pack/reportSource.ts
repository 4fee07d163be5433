import type { PackVerdict } from '../../pack/PackVerdict.js'
import type { ReportSource } from '../reports/ReportSource.js'

/** What `--report`, `--csv` and `--junit` are made of. Without plots: a verdict holds no values. */
export function reportSource(pack: string, verdict: PackVerdict, warnings: readonly string[]): ReportSource {
  const { run, notices, judgedAs, outputs, layers } = verdict
  const candidate = {
    model: run.model.path,
    engine: run.model.engine,
    effective: { ...run.effective, engineVersion: run.versions.engine },
    noise: run.noise,
    judgedAs,
    outputs,
    verdict: verdict.verdict,
    warnings: [...notices.map(({ message }) => message), ...warnings],
    ...(layers && { layers }),
  }
  return {
    comparison: { reference: { model: pack, engine: 'pack', effective: null }, candidates: [candidate] },
    series: () => [{}],
  }
}
