import { formatDb } from '../../format/numbers.js'
import { type Climb, isAccused, isExplained, report } from '../Climb.js'
import type { Findings } from '../Findings.js'
import { Candidate, type CandidateRun } from '../model/Candidate.js'
import type { FileFindings } from '../model/diagnoseFiles.js'
import { diagnoseLayers } from '../model/diagnoseLayers.js'
import { diagnosePrecision } from '../model/diagnosePrecision.js'
import { diagnoseRuns } from '../model/diagnoseRuns.js'
import type { GoldenRun } from '../model/ModelReference.js'
import { diagnoseOutputs } from '../output/diagnoseOutputs.js'
import type { OutputPair } from '../output/OutputSamples.js'

/** The candidate, and what it gave on the golden inputs. */
export interface Climbed {
  readonly candidate: Candidate
  readonly run: CandidateRun
}

/**
 * What the candidate computes of the golden inputs beside what the original does; then, where nothing explains a
 * difference, other precisions and every layer. Undefined where nothing can run.
 */
export async function climbRuns(
  climb: Climb,
  files: FileFindings,
  golden: readonly GoldenRun[],
): Promise<Climbed | undefined> {
  const { candidate: file, reference, options } = climb
  if (!files.report.ok || !reference || golden.length === 0) return undefined
  const candidate = await Candidate.of(file, options, reference)
  const run = await candidate.run(golden)
  report(climb, 'outputs', await compareOutputs(candidate, run, golden), agreementOf(run))
  report(climb, 'runs', await diagnoseRuns(candidate, golden[0]!), 'the candidate agrees with itself')
  if (run.verdict.pass && !isAccused(climb)) clear(climb, run)
  if (isExplained(climb)) return { candidate, run }
  const precision = await diagnosePrecision(candidate, golden, { base: run })
  report(climb, 'precision', precision, `in fp32 the outputs agree to ${formatDb(precision.fp32.sqnrDb)}`)
  if (!run.verdict.pass && !isExplained(climb)) await climbLayers(climb, files, candidate, run, golden[0]!)
  return { candidate, run }
}

async function climbLayers(
  climb: Climb,
  { compared, suspected }: FileFindings,
  candidate: Candidate,
  { judging, verdict }: CandidateRun,
  golden: GoldenRun,
): Promise<void> {
  const precision = judging.judgedAs?.precision ?? 'fp32'
  const layers = await diagnoseLayers(candidate, golden, { precision, weights: compared })
  report(climb, 'layers', layers, 'each layer was run on the tensors of the original')
  if (isAccused(climb)) return
  climb.findings.push({ causes: suspected, rejected: [], missing: [] })
  if (suspected.length > 0) return
  climb.unexplained.push(`On the golden input the outputs differ (${verdict.reason}).`)
}

async function compareOutputs(
  { engine, file }: Candidate,
  { outputs, compared, judging }: CandidateRun,
  golden: readonly GoldenRun[],
): Promise<Findings> {
  return diagnoseOutputs(
    golden.flatMap((one, at) =>
      compared.flatMap(({ name, candidateName = name }): readonly OutputPair[] => {
        const [reference, own] = [one.outputs[name], outputs[at]?.[candidateName]]
        return reference && own ? [{ name, reference, candidate: own }] : []
      }),
    ),
    {
      precision: judging.judgedAs?.precision ?? null,
      engine,
      work: await file.work(),
    },
  )
}

function agreementOf({ sqnrDb }: CandidateRun): string {
  return sqnrDb === null
    ? 'on the golden input the outputs cannot be compared'
    : `on the golden input the outputs agree to ${formatDb(sqnrDb)}`
}

function clear({ cleared }: Climb, { sqnrDb, floorDb, effective }: CandidateRun): void {
  cleared.push({
    what: `on the golden input the outputs agree to ${formatDb(sqnrDb)}`,
    evidence: { sqnrDb, floorDb, precision: effective.precision },
  })
}
