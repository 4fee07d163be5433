import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModelFile } from 'twinfer/check'
import { digits } from './packs.js'

/** Changes the values of a layer's weights. */
export type ChangeWeights = (values: Float32Array) => Float32Array

/** Where an engine's fp32 file of the digits network has the weights of its layers, in their order. */
async function weightPlaces(engine: 'ncnn' | 'mnn') {
  if (engine === 'mnn') {
    const { weights, operators } = await (await ModelFile.from(digits('model.mnn'))).mnnNet()
    return weights
      .filter(({ role }) => role === 'weight')
      .map(({ operator, offset, count }) => ({ layer: operators[operator]!.name, offset, count }))
  }
  const { layers, weights } = await (await ModelFile.from(digits('model.ncnn.param'))).ncnn()
  return weights!.blocks
    .filter(({ role }) => role === 'weight')
    .map(({ layer, offset, count }) => ({ layer: layers[layer]!.name, offset, count }))
}

/** A copy of the digits network in `folder` with the weights of its layer `index` changed; says which one that is. */
export async function digitsWithWeights(
  folder: string,
  engine: 'ncnn' | 'mnn',
  index: number,
  change: ChangeWeights,
): Promise<{ readonly path: string; readonly layer: string }> {
  const { layer, offset, count } = (await weightPlaces(engine))[index]!
  const weights = engine === 'mnn' ? 'model.mnn' : 'model.ncnn.bin'
  const bytes = readFileSync(digits(weights))
  const values = Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(offset + 4 * i))
  for (const [i, value] of change(values).entries()) bytes.writeFloatLE(value, offset + 4 * i)
  writeFileSync(join(folder, weights), bytes)
  if (engine === 'mnn') return { path: join(folder, weights), layer }
  writeFileSync(join(folder, 'model.ncnn.param'), readFileSync(digits('model.ncnn.param')))
  return { path: join(folder, 'model.ncnn.param'), layer }
}

/** A copy of the digits network in `folder` whose .param was changed as a text. */
export function digitsWithText(folder: string, change: (text: string) => string): string {
  writeFileSync(join(folder, 'model.ncnn.bin'), readFileSync(digits('model.ncnn.bin')))
  const path = join(folder, 'model.ncnn.param')
  writeFileSync(path, change(readFileSync(digits('model.ncnn.param'), 'utf8')))
  return path
}
