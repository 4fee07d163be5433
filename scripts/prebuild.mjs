#!/usr/bin/env node
// Fills prebuilds/ with the stripped addon of each of `--target linux-x64,linux-arm64,linux-arm`: the engines from
// the cache, the addon by cmake-js, the names by prebuildify. Without --target it does nothing, because npm runs a
// script of this name before `npm run build` too.
import { mkdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildEngines } from './engines/build-engines.mjs'
import { projectRoot } from './engines/paths.mjs'
import { targetsOf } from './engines/targets.mjs'

const prebuildify = promisify(createRequire(import.meta.url)('prebuildify'))
const shim = join(import.meta.dirname, 'prebuild/node-gyp.mjs')

try {
  for (const target of process.argv.length > 2 ? targetsOf(process.argv.slice(2)) : []) {
    await buildEngines(target)
    await rm(join(projectRoot, 'prebuilds', target.name), { recursive: true, force: true })
    // prebuildify moves what it finds in build/Release; a folder of its own keeps the developer's build.
    const cwd = join(projectRoot, 'build', target.name, 'prebuild')
    await mkdir(cwd, { recursive: true })
    await prebuildify({
      cwd,
      out: projectRoot,
      name: 'twinfer',
      platform: target.platform,
      arch: target.arch,
      targets: [`node@${process.versions.node}`],
      napi: true,
      tagLibc: true,
      tagArmv: target.arch === 'arm' ? '7' : false,
      strip: true,
      stripBin: target.strip,
      nodeGyp: `"${process.execPath}" "${shim}"`,
      shell: true,
    })
  }
} catch (error) {
  process.stderr.write(`twinfer: the prebuilt addon could not be made.\n${error.message}\n`)
  process.exitCode = 1
}
