#!/usr/bin/env node
// The smallest set of layers in fp32 (`twinfer mixed`), as tables for docs/diagnosis.md: on networks with traps at known
// places, and on the real ones in ../shared/models.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readNpy } from 'twinfer'
import { findMixedPrecision } from 'twinfer/diagnose'
import { writeTrapped } from './lib/trapped.mjs'

const seeds = [1, 2, 3, 4, 5]
const traps = [
  ['weights-overflow', 'fp16', 45, [[2], [1, 4, 6]]],
  ['weights-underflow', 'fp16', 45, [[3], [0, 5]]],
  ['values-overflow', 'fp16', 45, [[3], [1, 6]]],
  ['cancellation', 'bf16', 36, [[4]]],
]

const folder = mkdtempSync(join(tmpdir(), 'twinfer-'))
console.log('| trap | precision | bar | networks | all found | layers found / needed | trials | time |')
console.log('|---|---|---|---|---|---|---|---|')
for (const [trap, precision, minSqnrDb, places] of traps) {
  const total = { networks: 0, whole: 0, found: 0, needed: 0, trials: 0, ms: 0 }
  for (const seed of seeds)
    for (const at of places) {
      const chosen = Object.fromEntries(at.map((place) => [place, trap]))
      const { param, truth, input } = writeTrapped(folder, 'net', chosen, { seed })
      const start = performance.now()
      const { layers, trials } = await findMixedPrecision(param, {
        reference: param,
        inputs: [input],
        precision,
        minSqnrDb,
      })
      const names = layers.map(({ name }) => name)
      total.ms += performance.now() - start
      total.networks++
      total.whole += truth.every((name) => names.includes(name)) ? 1 : 0
      total.found += names.length
      total.needed += truth.length
      total.trials += trials
    }
  const { networks, whole, found, needed } = total
  const each = (sum) => (sum / networks).toFixed(1)
  console.log(
    `| ${trap} | ${precision} | ${minSqnrDb} dB | ${networks} | ${whole} | ${found} / ${needed} = ${(found / needed).toFixed(2)} | ${each(total.trials)} | ${each(total.ms / 1000)} s |`,
  )
}
rmSync(folder, { recursive: true })

const models = new URL('../../shared/models', import.meta.url).pathname
if (!existsSync(models)) {
  console.log('\nNo ../shared/models: the real networks are left out.')
  process.exit()
}
console.log('\n| model, bf16 | bar | before | in fp32 | after | bridges | trials | time |')
console.log('|---|---|---|---|---|---|---|---|')
for (const name of ['efficientnet-lite0', 'tiny-vit', 'tiny-unet', 'tiny-ecapa-tdnn'])
  for (const minSqnrDb of [50, 60]) {
    const start = performance.now()
    const found = await findMixedPrecision(join(models, name, 'model.ncnn.param'), {
      reference: join(models, name, 'model.onnx'),
      inputs: [await readNpy(join(models, name, 'input.npy'))],
      precision: 'bf16',
      minSqnrDb,
    })
    const { layers, changed, before, after, trials, bridges } = found
    const db = (measure) => (measure?.sqnrDb == null ? '' : `${measure.sqnrDb.toFixed(1)} dB`)
    const time = ((performance.now() - start) / 1000).toFixed(1)
    console.log(
      `| ${name} | ${minSqnrDb} dB | ${db(before)} | ${layers.length} of ${changed} layers | ${db(after)} | ${bridges.length} | ${trials} | ${time} s |`,
    )
  }
