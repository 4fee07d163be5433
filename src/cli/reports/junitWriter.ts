import { junitXml } from '../../report/junit/junitXml.js'
import type { OutputFile } from '../output/OutputFile.js'
import type { ReportWriter } from './ReportWriter.js'
import { reportEnvironment } from './reportEnvironment.js'

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
