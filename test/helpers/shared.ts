import { existsSync } from 'node:fs'
import { projectPath } from './projectPath.js'

/** The folder of real models beside the project, or undefined where there is none. */
export function sharedModels(): string | undefined {
  return besideProject('models')
}

/** The folder of deliberately broken models beside the project, or undefined where there is none. */
export function sharedBroken(): string | undefined {
  return besideProject('broken')
}

function besideProject(name: string): string | undefined {
  const folder = projectPath(`../shared/${name}`)
  return existsSync(folder) ? folder : undefined
}
