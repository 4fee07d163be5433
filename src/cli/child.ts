import { leaveWithParent } from '../process/childProcesses.js'
import { main } from './main.js'
import { answered } from './processes.js'

leaveWithParent()
// `| head` closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// Not process.exit(): output to a pipe may still be on its way.
process.exitCode = await main(process.argv.slice(2), () => process.send?.(answered))
