#!/usr/bin/env node
// Builds (or finds in the cache) both engines and records where they are for CMake.
// `--target linux-arm64,linux-arm` does so for other machines, with the toolchain files in cmake/toolchains.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildEngine } from './engines/build-engine.mjs'
import { mnn } from './engines/mnn.mjs'
import { ncnn } from './engines/ncnn.mjs'
import { projectRoot } from './engines/paths.mjs'
import { targetsOf } from './engines/targets.mjs'

try {
  for (const target of targetsOf(process.argv.slice(2))) {
    const prefixes = []
    for (const engine of [ncnn, mnn]) {
      const prefix = await buildEngine(engine, target)
      prefixes.push(`set(TWINFER_${engine.name.toUpperCase()}_PREFIX "${prefix}")`)
    }
    const folder = join(projectRoot, 'build', target.name)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'engines.cmake'), `${prefixes.join('\n')}\n`)
  }
} catch (error) {
  process.stderr.write(`twinfer: the engines could not be built.\n${error.message}\n`)
  process.exitCode = 1
}
