import { packageVersion } from '../../packageVersion.js'
import { renderReport } from '../../report/html/renderReport.js'
import { junitXml } from '../../report/junitXml.js'
import { layersCsv, layersCsvPath, outputsCsv } from '../../report/outputsCsv.js'
import type { OutputSeries } from '../../report/prepareSeries.js'
import type { ReportedComparison } from '../../report/ReportedComparison.js'
import { describeHost } from '../doctor/Findings.js'
import { OutputFile } from '../output/OutputFile.js'

/** What reports are made of, whichever command ran. */
export interface ReportSource {
  readonly comparison: ReportedComparison
  /** For each candidate what is drawn of its outputs, with at most so many elements of each in the scatter. */
  series(points: number): readonly Readonly<Record<string, OutputSeries>>[]
}

/** Makes a file of a finished comparison, whatever its verdict. */
export interface ReportWriter {
  /** Returns a line that says where it was written to. */
  write(source: ReportSource): Promise<string>
}

/** Points on the whole page: many outputs get fewer each. */
const pagePoints = 20_000
const mostPoints = 2000

/** `--report` */
export function htmlWriter(file: OutputFile): ReportWriter {
  return {
    async write({ comparison, series }) {
      const outputs = comparison.candidates.reduce((sum, candidate) => sum + candidate.outputs.length, 0)
      const page = renderReport({
        comparison,
        series: series(Math.min(mostPoints, Math.ceil(pagePoints / outputs))),
        created: new Date().toISOString(),
        environment: reportEnvironment(),
      })
      await file.write(page)
      return `report: ${file.path}`
    },
  }
}

/** `--csv`: the outputs and, where layers were compared, a second file of these. */
export async function csvWriter(path: string): Promise<ReportWriter> {
  const outputs = await OutputFile.at(path)
  const layers = await OutputFile.at(layersCsvPath(path))
  return {
    async write({ comparison }) {
      await outputs.write(outputsCsv(comparison))
      if (!comparison.candidates.some((candidate) => candidate.layers)) return `csv: ${outputs.path}`
      await layers.write(layersCsv(comparison))
      return `csv: ${outputs.path}, ${layers.path}`
    },
  }
}

/** `--junit` */
export function junitWriter(file: OutputFile): ReportWriter {
  return {
    async write({ comparison }) {
      const options = { created: new Date().toISOString(), environment: reportEnvironment() }
      await file.write(junitXml(comparison, options))
      return `junit: ${file.path}`
    },
  }
}

/** What a report says about the machine and the package. The engines' versions are in the settings. */
export function reportEnvironment(): Readonly<Record<string, string>> {
  const { platform, arch, libc, node, cpuModel } = describeHost()
  return {
    twinfer: packageVersion(),
    'Node.js': node.replace(/^v/, ''),
    platform: [platform, arch, libc?.name, libc?.version].filter(Boolean).join(' '),
    CPU: cpuModel,
  }
}
