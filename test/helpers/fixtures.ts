import { projectPath } from './projectPath.js'

/** A path below test/fixtures. */
export function fixture(path: string): string {
  return projectPath(`test/fixtures/${path}`)
}
