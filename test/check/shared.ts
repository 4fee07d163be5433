import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../dist/check/check.js'
import { brokenModels, layBroken } from '../helpers/brokenModels.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

const models = sharedModels()
const broken = sharedBroken()

t.test(
  'every real model is clean, also against its source',
  { skip: !models && 'no shared models' },
  async (t) => {
    for (const name of readdirSync(models!)) {
      const against = join(models!, name, 'model.onnx')
      if (!existsSync(against)) continue
      for (const file of readdirSync(join(models!, name))) {
        if (!/\.(param|mnn)$/.test(file)) continue
        const { ok, findings } = await check(join(models!, name, file), { against })
        const isReal = name === 'ppocrv4-det' && file === 'model_fp16.ncnn.param'
        if (isReal) t.match(findings, [{ code: 'fp16-underflow', layer: 'convrelu_0' }])
        else t.ok(ok, `${name}/${file}: ${JSON.stringify(findings[0])}`)
      }
    }
  },
)

/** The first finding of each broken model that can be told without running it, and its layer. */
const expected: Readonly<Record<string, readonly [code: string, layer: string | null]>> = {
  'ncnn-shift1-first-layer': ['weight-nan', 'convrelu_0'],
  'ncnn-shift4bytes-after-tag': ['shifted-file', 'convrelu_0'],
  'ncnn-shift1-last-layer': ['weight-nan', 'linear_10'],
  'ncnn-bin-trunc-half': ['missing-bytes', 'convrelu_3'],
  'ncnn-bin-trunc-minus1': ['missing-bytes', 'linear_10'],
  'ncnn-bin-trunc-first-tag-only': ['missing-bytes', 'convrelu_0'],
  'ncnn-bin-trailing': ['trailing-bytes', null],
  'ncnn-bin-is-text': ['foreign-file', null],
  'ncnn-byteflip-exponent': ['weight-huge', 'convrelu_1'],
  'ncnn-tag-fp16-on-fp32': ['tag-mismatch', 'convrelu_0'],
  'ncnn-one-nan': ['weight-nan', 'convrelu_1'],
  'ncnn-one-inf': ['weight-inf', 'convrelu_1'],
  'ncnn-scaled-1e6': ['weight-huge', 'convrelu_1'],
  'ncnn-param-blobcount-high': ['blob-count', null],
  'ncnn-param-layercount-high': ['layer-count', null],
  'ncnn-param-no-magic': ['no-magic', null],
  'ncnn-param-truncated': ['truncated-text', null],
  'ncnn-param-bom': ['byte-order-mark', null],
  'ncnn-param-dangling-input': ['no-producer', 'convrelu_1'],
  'ncnn-param-wrong-num-output': ['weight-size', 'convrelu_1'],
  'ncnn-param-cycle-order': ['layer-order', 'convrelu_2'],
  'ncnn-shift1-every-layer-face': ['weight-nan', 'convrelu_0'],
  'mnn-shift1-first-layer': ['weight-nan', '/conv0/Conv_output_0'],
  'mnn-one-nan': ['weight-nan', '/pw.1/Conv_output_0'],
  'mnn-zero-layer': ['weight-zero', '/pw.1/Conv_output_0'],
  'mnn-trunc-half': ['damaged-table', null],
  'mnn-trunc-minus1': ['missing-bytes', null],
  'mnn-trunc-empty': ['foreign-file', null],
  'mnn-zeros': ['foreign-file', null],
  'mnn-table-flip': ['damaged-table', null],
  'mnn-is-onnx': ['foreign-file', null],
  'mnn-is-ncnn-bin': ['foreign-file', null],
  'pnnx-reducesum-segv': ['no-axes', 'sum_76'],
  'fp16-storage-underflow': ['fp16-underflow', 'convrelu_0'],
}
/** The same, of those that only the source model shows. */
const expectedAgainst: Readonly<Record<string, string>> = {
  'ncnn-shift1-first-layer': 'weights-shifted',
  'ncnn-shift1-last-layer': 'weights-shifted',
  'ncnn-shift1-every-layer-face': 'weights-shifted',
  'mnn-shift1-first-layer': 'weights-shifted',
  'mnn-of-other-model': 'inputs-differ',
}

const missing = (!models || !broken) && 'no shared models'

t.test('every broken model that can be told without running it is named', { skip: missing }, async (t) => {
  for (const model of brokenModels()) {
    const { case: name } = model
    const path = layBroken(t.testdir(), model)
    const wanted = expected[name]
    if (wanted) {
      const [code, layer] = wanted
      t.match((await check(path)).findings[0], { code, layer }, name)
    }
    const code = expectedAgainst[name]
    if (code === undefined) continue
    const { findings } = await check(path, { against: join(path, '../model.onnx') })
    t.ok(
      findings.some((finding) => finding.code === code),
      `${name} against its source`,
    )
  }
})
