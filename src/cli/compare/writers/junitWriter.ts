import { junitXml } from '../../../report/junit/junitXml.js'
import type { OutputFile } from '../../output/OutputFile.js'
import type { ComparisonWriter } from '../ComparisonWriter.js'
import { reportEnvironment } from './reportEnvironment.js'

/** `--junit` */
export function junitWriter(file: OutputFile): ComparisonWriter {
  return {
    async write({ document }) {
      const options = { created: new Date().toISOString(), environment: reportEnvironment() }
      await file.write(junitXml(document, options))
      return `junit: ${file.path}`
    },
  }
}
