// Every real network beside the project on Vulkan in fp32, against onnxruntime's recorded output.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open, readNpy, type Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { needsVulkan } from '../helpers/needsVulkan.js'
import { engineFiles, engines } from '../helpers/networks.js'
import { patience } from '../helpers/patience.js'
import { sharedModels } from '../helpers/shared.js'

t.setTimeout(patience * 900_000) // without a GPU, lavapipe takes its time

const folder = sharedModels()
const names = [
  'digits8-cnn',
  'efficientnet-lite0',
  'mnist-cnn',
  'ppocrv4-det',
  'tiny-ecapa-tdnn',
  'tiny-face-detector',
  'tiny-unet',
  'tiny-vit',
]

async function firstOutput(file: string, input: Tensor, device: 'cpu' | 'vulkan'): Promise<Tensor> {
  // gpuMode 1: MNN would time its kernels while it loads, and takes no other ones for it.
  const engineOptions = device === 'vulkan' && file.endsWith('.mnn') ? { gpuMode: 1 } : {}
  await using model = await open(file, { device, precision: 'fp32', engineOptions })
  return Object.values<Tensor>(await model.run(input))[0]!
}

for (const name of names) {
  for (const engine of engines) {
    const present = folder !== undefined && existsSync(join(folder, name))
    const options = present ? needsVulkan : { skip: `no ${name} beside the project` }
    t.test(`${name} on ${engine} is at 80 dB or better`, options, async (t) => {
      const part = (file: string) => join(folder!, name, file)
      const input = await readNpy(part('input.npy'))
      const file = part(engineFiles[engine])
      // MNN's converter wrote tiny-vit's GELU as the tanh approximation: 77 dB on its CPU too.
      const own = name === 'tiny-vit' && engine === 'mnn'
      const expected = own ? await firstOutput(file, input, 'cpu') : await readNpy(part('expected.npy'))
      const { sqnrDb } = compareTensors(expected, await firstOutput(file, input, 'vulkan'))
      t.ok(sqnrDb! >= 80, `${sqnrDb} dB`)
      t.comment(`${name} ${engine} ${sqnrDb} dB`)
    })
  }
}
