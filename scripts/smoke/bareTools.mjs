import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { output } from '../engines/tools.mjs'

/** Makes a folder for PATH with node, what npm's own scripts need, and no compiler, cmake, python or cargo. */
export function bareTools(folder) {
  mkdirSync(folder, { recursive: true })
  for (const tool of ['node', 'npm', 'sh', 'env', 'sed', 'dirname', 'basename', 'uname'])
    symlinkSync(output('sh', ['-c', `command -v ${tool}`]).trim(), join(folder, tool))
  return folder
}
