import { projectPath } from './projectPath.js'

const preloaded = `--require ${projectPath('test/helpers/endInBf16.cjs')}`

/** Environment of a process in which a blocking run in bf16 ends it, and nothing else is other than usual. */
export const endsInBf16: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${preloaded}`,
}
