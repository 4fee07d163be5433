import { basename } from 'node:path'
import { checkWith } from '../../check/check.js'
import type { CheckReport, Finding, Severity } from '../../check/Finding.js'
import { formatBytes } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import type { CommandResult } from '../CommandResult.js'
import { openApart } from './openApart.js'

export interface CheckRequest {
  readonly model: string
  readonly against?: string
  readonly dump?: string
  readonly strict?: boolean
  readonly run?: boolean
}

/** `twinfer check`. */
export async function checkModel({
  model,
  against,
  dump,
  strict,
  run,
}: CheckRequest): Promise<CommandResult> {
  const tensor = dump === undefined ? undefined : await readNpy(dump)
  const report = await checkWith(openApart, model, { against, dump: tensor, strict, run })
  return { exitCode: report.ok ? 0 : 1, document: report, text: printReport(report, run === true) }
}

const styles = { error: 'red', warning: 'yellow', info: 'cyan' } as const
const titles: Readonly<Record<Severity, string>> = { error: 'errors', warning: 'warnings', info: 'remarks' }

/** What `twinfer check` shows to a person: a table for each severity, and a verdict. */
export function printReport(report: CheckReport, isRun: boolean): string {
  const { model, engine, layers, weights } = report
  const held =
    weights.storage === 'none'
      ? 'no weights'
      : `${weights.tensors} tensors of weights (${formatBytes(weights.bytes)}, ${weights.storages.join(' and ')})`
  const tables = (['error', 'warning', 'info'] as const).flatMap((severity) => table(report, severity))
  return linesOf([
    paint('bold', model),
    `${engine}, ${layers} layers, ${held}`,
    ...tables,
    '',
    verdict(report, isRun),
  ])
}

function table({ findings, model }: CheckReport, severity: Severity): readonly string[] {
  const chosen = findings.filter((finding) => finding.severity === severity)
  if (chosen.length === 0) return []
  const rows = chosen.map((finding) => [
    finding.code,
    finding.layer ?? '',
    finding.offset === null ? '' : String(finding.offset),
    describe(finding, model),
  ])
  const columns = [
    { title: paint(styles[severity], titles[severity]) },
    { title: 'layer' },
    { title: 'offset', align: 'right' as const },
    { title: 'what' },
  ]
  return ['', renderTable(columns, rows), ...helps(chosen)]
}

function describe({ file, message }: Finding, model: string): string {
  return file === model ? message : `${message} (${basename(file)})`
}

/** Each advice once: a shifted file has the same one for every layer. */
function helps(findings: readonly Finding[]): readonly string[] {
  const unique = new Set(findings.flatMap(({ code, help }) => (help ? [`${code}: ${help}`] : [])))
  return [...unique].map((help) => paint('dim', help))
}

function verdict({ ok, findings }: CheckReport, isRun: boolean): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  const said = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ].join(' and ')
  if (!ok) return paint('red', `not sound: ${said}`)
  if (warnings > 0) return paint('yellow', `no error, but ${said}`)
  const isShown = isRun && !findings.some(({ code }) => code === 'not-run' || code === 'not-opened')
  return paint(
    'green',
    isShown
      ? 'sound: nothing is wrong that the files or a run on random values show'
      : 'sound: nothing is wrong that can be seen without running it',
  )
}
