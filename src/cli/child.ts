import { TwinferError } from '../errors/TwinferError.js'
import { leaveWithParent } from '../process/childProcesses.js'
import { errorDocument, writeError } from './CommandResult.js'
import { main } from './main.js'
import { answered } from './processes.js'

leaveWithParent()
let isLost = false
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `| head` closes the pipe: that is no error.
  if (error.code === 'EPIPE') return
  isLost = true
  const lost = new TwinferError('TWINFER_FILE_UNREADABLE', `cannot write to stdout: ${error.message}`)
  writeError(errorDocument(lost), false)
  process.exitCode = 2
})

const exitCode = await main(process.argv.slice(2), () => process.send?.(answered))
// Not process.exit(): output to a pipe may still be on its way.
if (!isLost) process.exitCode = exitCode
