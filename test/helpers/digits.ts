import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { ModelFile } from '../../dist/file/ModelFile.js'
import type { Pixels, Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { makeSidecar } from '../../dist/preprocess/sidecar/makeSidecar.js'
import type { Sidecar, SidecarOutput } from '../../dist/preprocess/sidecar/Sidecar.js'
import { writeSidecar } from '../../dist/preprocess/sidecar/sidecarFile.js'
import { sidecarPath } from '../../dist/preprocess/sidecar/sidecarPath.js'
import { fixture } from './fixtures.js'
import { digitsInput } from './packs.js'

/** Why no picture can be written or read: an emulated board has sharp for the machine that emulates it only. */
export const noSharp = await import('sharp').then(
  () => undefined,
  () => `no sharp for ${process.arch}`,
)

/** What the digits network wants: its pixels run from 0 to 16, and pictures of them hold fifteen times that. */
export const digitsRecord: Preprocessing = {
  size: { width: 8, height: 8 },
  order: 'GREY',
  fit: 'stretch',
  resampler: 'pillow',
  interpolation: 'bilinear',
  scale: 1 / 240,
  mean: 0,
  std: 1,
}

export const digitsLabels = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** The picture that the network's `input.npy` is made of. */
export async function digitsPixels(): Promise<Pixels> {
  const { data } = await digitsInput()
  return {
    data: Uint8Array.from(data as Float32Array, (value) => value * 240),
    width: 8,
    height: 8,
    channels: 1,
  }
}

/** The same as an image file. */
export async function digitsPicture(file: string): Promise<string> {
  const { data, width, height } = await digitsPixels()
  const { default: sharp } = await import('sharp')
  await sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(file)
  return file
}

/** A copy of one of the network's files in `folder`, with a sidecar beside it. */
export async function digitsWithSidecar(
  folder: string,
  name = 'model.ncnn.param',
  { meaning = 'logits', labels = digitsLabels, ...output }: Partial<SidecarOutput> = {},
  record: Partial<Preprocessing> = {},
): Promise<string> {
  for (const file of name.endsWith('.param') ? [name, name.replace(/param$/, 'bin')] : [name]) {
    cpSync(fixture(`digits8-cnn/${file}`), join(folder, file))
  }
  const path = join(folder, name)
  await writeSidecar(sidecarPath(path), await digitsSidecar(path, { meaning, labels, ...output }, record))
  return path
}

async function digitsSidecar(
  path: string,
  { meaning, labels, threshold }: SidecarOutput,
  record: Partial<Preprocessing>,
): Promise<Sidecar> {
  const file = await ModelFile.from(path)
  const names =
    file.engine === 'onnx'
      ? { inputs: [{ name: 'image' }], outputs: [{ name: 'logits' }] }
      : await file.summary()
  return makeSidecar(
    { name: path, digest: await file.digest(), ...names },
    {
      given: { ...digitsRecord, ...record },
      meaning,
      labels: typeof labels === 'object' ? labels : undefined,
      threshold,
    },
  )
}
