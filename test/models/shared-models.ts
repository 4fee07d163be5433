// Every real network beside the project, on both engines in fp32, against onnxruntime's recorded output.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open, readNpy, type Tensor } from 'twinfer'
import { withExponentials } from '../helpers/exponentials.js'
import { engineFiles, engines, maxAbsError } from '../helpers/networks.js'
import { sharedModels } from '../helpers/shared.js'

// Twice the largest error of the reference measurements (models/RESULTS.md). MNN's AVX-512 Winograd
// kernels are less exact on two networks.
const limits: Readonly<Record<string, { ncnn: number; mnn: number }>> = {
  'efficientnet-lite0': { ncnn: 1.4e-5, mnn: 1.4e-5 },
  'ppocrv4-det': { ncnn: 3.5e-3, mnn: 3.5e-3 },
  'mnist-cnn': { ncnn: 2e-5, mnn: 3e-4 },
  'digits8-cnn': { ncnn: 2.3e-5, mnn: 2.3e-5 },
  'tiny-vit': { ncnn: 1.1e-3, mnn: 1.1e-3 },
  'tiny-unet': { ncnn: 2.2e-3, mnn: 2.2e-3 },
  'tiny-ecapa-tdnn': { ncnn: 3e-6, mnn: 3e-6 },
  'tiny-face-detector': { ncnn: 9e-5, mnn: 7e-4 },
}

const folder = sharedModels()

for (const [name, limit] of Object.entries(limits)) {
  for (const engine of engines) {
    const present = folder !== undefined && existsSync(join(folder, name))
    t.test(`${name} on ${engine}`, present ? {} : { skip: `no ${name} beside the project` }, async (t) => {
      const file = (part: string) => join(folder!, name, part)
      const input = await readNpy(file('input.npy'))
      const expected = await readNpy(file('expected.npy'))
      await using model = await open(file(engineFiles[engine]), { precision: 'fp32' })
      const [output] = Object.values<Tensor>(model.runSync(input))
      const error = maxAbsError(expected, output!)
      const allowed = withExponentials(engine, limit[engine])
      t.ok(error <= allowed, `${error} <= ${allowed}`)
      t.equal(output!.length, expected.length)
    })
  }
}
