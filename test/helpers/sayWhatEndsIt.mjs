// Preloaded by scripts/test.mjs where no addon is built. A file that looks for it before its first test ends without a word
// of TAP; this is one, by which its end is told from others.
import { writeSync } from 'node:fs'

process.on('uncaughtExceptionMonitor', (error) => writeSync(1, `# ${error?.code}: ${error?.message}\n`))
