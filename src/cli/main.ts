import { toJson } from '../report/toJson.js'
import { errorDocument } from './output/errorDocument.js'
import { writeError } from './output/writeError.js'
import { runProgram } from './runProgram.js'
import { wantsJson } from './wantsJson.js'

/**
 * The command line: arguments without `node` and the script, to the exit code (0 pass, 1 accuracy failed,
 * 2 usage or load error, 3 inconclusive). `announce` is called just before an answer is written.
 */
export async function main(argv: readonly string[], announce: () => void = () => {}): Promise<number> {
  const json = wantsJson(argv)
  try {
    const result = await runProgram(argv)
    announce()
    if (result) process.stdout.write(`${json ? toJson(result.document) : result.text}\n`)
    return result?.exitCode ?? 0
  } catch (error) {
    announce()
    writeError(errorDocument(error), json)
    return 2
  }
}
