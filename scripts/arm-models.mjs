#!/usr/bin/env node
// The accuracy table of docs/boards.md: `arm-models.mjs --target linux-arm64 FOLDER` runs every network in FOLDER (each a
// folder with model.ncnn.param, model.mnn, input.npy and expected.npy) on the prebuilt addon under QEMU. `--cpu cortex-a72`
// has the core of a certain board in place of one that can do everything.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { emulatedNode, missingFor } from './arm/emulator.mjs'
import { projectRoot } from './engines/paths.mjs'
import { targetsOf } from './engines/targets.mjs'

const [target] = targetsOf(process.argv.slice(2))
const reason = missingFor(target)
if (reason) {
  process.stderr.write(`twinfer: ${reason}\n`)
  process.exit(3)
}
const cpu = process.argv.includes('--cpu') ? process.argv[process.argv.indexOf('--cpu') + 1] : 'max'
const [program, ...args] = await emulatedNode(target, cpu)
const script = join(import.meta.dirname, 'arm/models.mjs')
const ran = spawnSync(program, [...args, script, resolve(process.argv.at(-1))], {
  cwd: projectRoot,
  env: { ...process.env, PREBUILDS_ONLY: '1' },
  stdio: 'inherit',
})
process.exitCode = ran.status ?? 1
