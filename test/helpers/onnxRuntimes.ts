import { existsSync } from 'node:fs'
import { projectPath } from './projectPath.js'

/** Why tests with this runtime are skipped, or false where they can run. */
export function missingRuntime(runtime: 'node' | 'web'): string | false {
  const isInstalled = existsSync(projectPath(`node_modules/onnxruntime-${runtime}/package.json`))
  return isInstalled ? false : `onnxruntime-${runtime} is not installed (npm run reference:install)`
}
