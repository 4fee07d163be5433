import { readFileSync } from 'node:fs'
import { tensorsOf } from '../../dist/check/checkMnn.js'
import { readTensor } from '../../dist/check/weights/decodeValues.js'
import { MemoryBytes } from '../../dist/check/weights/WeightFile.js'

import { parseMnn } from '../../dist/file/MnnReport.js'

/**
 * How an .mnn with fp16 weights was made of the fp32 one: of the weights that lie beyond the middle between two
 * fp16 values (the others say nothing), how many were rounded to the farther one from zero and how many cut off.
 */
export async function halfRounding(wholeFile, halfFile) {
  const whole = await weightsByLayer(wholeFile, 'fp32')
  const half = await weightsByLayer(halfFile, 'fp16')
  const counts = { telling: 0, rounded: 0, cutOff: 0 }
  for (const [layer, stored] of half) {
    const weights = whole.get(layer)
    if (weights?.length !== stored.length)
      throw new Error(`${layer}: expected the same weights in both files`)
    for (let i = 0; i < weights.length; i++) countOne(weights[i], stored[i], counts)
  }
  return counts
}

function countOne(weight, stored, counts) {
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(weight))), -14) - 10)
  const steps = Math.abs(weight) / step
  const below = Math.floor(steps)
  if (!(steps - below > 0.5)) return
  counts.telling++
  if (Math.abs(stored) === (below + 1) * step) counts.rounded++
  if (Math.abs(stored) === below * step) counts.cutOff++
}

async function weightsByLayer(file, format) {
  const content = readFileSync(file)
  const bytes = new MemoryBytes(content)
  const tensors = tensorsOf(parseMnn(content, file)).filter(
    (tensor) => tensor.role === 'weight' && tensor.format === format,
  )
  const layers = new Map()
  for (const tensor of tensors) layers.set(tensor.layer, await readTensor(tensor, bytes))
  return layers
}
