import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../engines/paths.mjs'
import { output } from '../engines/tools.mjs'
import { pack } from './pack.mjs'

/** A project with the demo, its network, and the packed package that it depends on; nothing is installed yet. */
export function demoProject(project, tarball) {
  mkdirSync(project, { recursive: true })
  const manifest = { private: true, type: 'module', dependencies: { twinfer: `file:${tarball}` } }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  cpSync(join(import.meta.dirname, 'demo.mjs'), join(project, 'demo.mjs'))
  cpSync(join(projectRoot, 'test/fixtures/digits8-cnn'), join(project, 'network'), { recursive: true })
  return project
}

/** The same, with the package installed by npm: for machines and userlands that have only Node. */
export function installedDemo(project) {
  const { file } = pack(project)
  demoProject(project, file)
  output('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: project })
  return project
}
