#!/usr/bin/env node
// Names everything that the build will miss, at once and before anything is built, with the line that installs it.
import { missingTools, requestFor } from './engines/missingTools.mjs'

const missing = missingTools()
if (missing.length > 0) {
  process.stderr.write(`twinfer: ${requestFor(missing)}\n`)
  process.exitCode = 1
}
