#!/usr/bin/env node
// Loads the prebuilt addon of this machine in the userlands of other Debian releases and runs a network there: bullseye
// has glibc 2.31, trixie has 2.41, which refuses executable stacks. Needs root and debootstrap, and says so and ends
// with 0 where they are absent. The userlands are made once, in the cache; Node is this one, copied.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from './engines/once.mjs'
import { cacheRoot } from './engines/paths.mjs'
import { output } from './engines/tools.mjs'
import { checkDemo } from './smoke/checkDemo.mjs'
import { installedDemo } from './smoke/demoProject.mjs'

const RELEASES = ['bullseye', 'trixie']
const missing =
  process.platform !== 'linux' || process.getuid() !== 0
    ? 'needs root on Linux'
    : spawnSync('debootstrap', ['--version']).error
      ? 'needs debootstrap'
      : undefined
if (missing) console.log(`skip   userlands: ${missing}`)
else runAll()

async function runAll() {
  const project = installedDemo(mkdtempSync(join(tmpdir(), 'twinfer-userlands-')))
  try {
    for (const release of RELEASES) {
      const root = await userland(release)
      const { glibc, node, runs } = runIn(root, project)
      const quality = runs.map(({ engine, sqnrDb }) => `${engine} ${sqnrDb.toFixed(0)} dB`).join(', ')
      console.log(`ok     ${release}: glibc ${glibc}, Node ${node}; ${quality}`)
    }
  } catch (error) {
    process.stderr.write(`twinfer: ${error.message}\n`)
    process.exitCode = 1
  } finally {
    rmSync(project, { recursive: true })
  }
}

/** The release with what Node needs, and nothing that this project brings. */
function userland(release) {
  return once(join(cacheRoot(), 'userlands', release), (root) => {
    console.log(`making the userland of ${release} …`)
    output('debootstrap', ['--variant=minbase', '--include=libstdc++6', release, root])
  })
}

function runIn(root, project) {
  const inside = join(root, 'opt/twinfer')
  rmSync(inside, { recursive: true, force: true })
  try {
    cpSync(project, inside, { recursive: true })
    cpSync(process.execPath, join(inside, 'node'))
    const command = 'cd /opt/twinfer && ./node demo.mjs network'
    return checkDemo(output('chroot', [root, '/bin/sh', '-c', command]))
  } finally {
    rmSync(inside, { recursive: true, force: true })
  }
}
