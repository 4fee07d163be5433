// The labelled sets beside the project: what an evaluation gives is what was measured in Python when they were made.
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { evaluate } from 'twinfer/eval'
import { ModelFile } from '../../dist/file/ModelFile.js'
import type { Preprocessing } from '../../dist/preprocess/Preprocessing.js'
import { makeSidecar } from '../../dist/preprocess/sidecar/makeSidecar.js'
import { writeSidecar } from '../../dist/preprocess/sidecar/sidecarFile.js'
import { sidecarPath } from '../../dist/preprocess/sidecar/sidecarPath.js'
import { patience } from '../helpers/patience.js'
import { sharedModels } from '../helpers/shared.js'

t.setTimeout(patience * 300_000)

/** Pixels to values as the sets' meta.json says it. */
const sets: Readonly<Record<string, Partial<Preprocessing> & { size: Preprocessing['size'] }>> = {
  'digits8-cnn': { size: { width: 8, height: 8 }, scale: 1 / 16, mean: 0, std: 1 },
  'mnist-cnn': { size: { width: 28, height: 28 }, mean: 33.328500000000005, std: 78.5655 },
  'tiny-vit': { size: { width: 28, height: 28 }, mean: 33.328500000000005, std: 78.5655 },
  'tiny-unet': { size: { width: 64, height: 64 }, mean: 33.328500000000005, std: 78.5655 },
}
const variants: Readonly<Record<string, string>> = {
  'ncnn fp32': 'model.ncnn.param',
  'ncnn fp16 weights': 'model_fp16.ncnn.param',
  'ncnn int8': 'model_int8.ncnn.param',
  'MNN fp32 high': 'model.mnn',
  'MNN fp16 weights': 'model_fp16.mnn',
  'MNN w8 weights': 'model_w8.mnn',
}

const folder = sharedModels()

for (const [name, record] of Object.entries(sets)) {
  const skip = folder === undefined && 'no models beside the project'
  t.test(`${name}: the recorded accuracy`, { skip }, async (t) => {
    const here = t.testdir()
    cpSync(join(folder!, name), here, { recursive: true })
    const model = join(here, 'model.ncnn.param')
    await addSidecar(model, record, name === 'tiny-unet' ? 'mask' : 'logits')
    const recorded = JSON.parse(readFileSync(join(folder!, 'accuracy.json'), 'utf8'))[name]
    const found = Object.entries(variants).filter(
      ([variant, file]) => variant in recorded && existsSync(join(here, file)),
    )
    t.ok(found.length >= 4)
    const { reference, models } = await evaluate(
      found.map(([, file]) => join(here, file)),
      {
        data: join(here, 'eval.npz'),
        metrics: [name === 'tiny-unet' ? 'miou' : 'top1'],
        reference: join(here, 'model.onnx'),
        open: { precision: 'fp32', threads: 1 },
      },
    )
    const accuracyOf = ({ results: [result] }: (typeof models)[number]) =>
      result?.details?.pixelAccuracy ?? result?.value
    t.equal(accuracyOf(reference!), recorded['onnxruntime fp32'].accuracy)
    for (const [i, [variant]] of found.entries()) {
      t.equal(accuracyOf(models[i]!), recorded[variant].accuracy, variant)
      t.equal(models[i]!.differences[0]?.flips, recorded[variant].argmax_flips_vs_onnx, `${variant}: flips`)
    }
  })
}

async function addSidecar(
  path: string,
  record: Partial<Preprocessing>,
  meaning: 'logits' | 'mask',
): Promise<void> {
  const file = await ModelFile.from(path)
  const given = {
    order: 'GREY',
    fit: 'stretch',
    resampler: 'pillow',
    interpolation: 'bilinear',
    scale: 1,
    ...record,
  } as Preprocessing
  const summary = await file.summary()
  const sidecar = makeSidecar({ name: path, digest: await file.digest(), ...summary }, { given, meaning })
  await writeSidecar(sidecarPath(path), sidecar)
}
