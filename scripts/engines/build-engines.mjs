import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { buildEngine } from './build-engine.mjs'
import { mnn } from './mnn.mjs'
import { ncnn } from './ncnn.mjs'
import { enginesOf } from './targets.mjs'

/** Builds both engines for a target, or finds them in the cache, and writes for CMake where they are. */
export async function buildEngines(target) {
  const prefixes = []
  for (const engine of [ncnn, mnn]) {
    const prefix = await buildEngine(engine, target)
    prefixes.push(`set(TWINFER_${engine.name.toUpperCase()}_PREFIX "${prefix}")`)
  }
  const file = enginesOf(target)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${prefixes.join('\n')}\n`)
}
