// Every broken model beside the project: the cause that its files show, named first.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readNpy } from 'twinfer'
import { ModelFile } from 'twinfer/check'
import type { CauseCode } from '../../../dist/diagnose/Cause.js'
import { diagnoseFiles } from '../../../dist/diagnose/model/diagnoseFiles.js'
import { diagnoseModel } from '../../../dist/diagnose/model/diagnoseModel.js'
import { brokenModels, layBroken } from '../../helpers/brokenModels.js'
import { missingRuntime } from '../../helpers/onnxRuntimes.js'
import { sharedBroken, sharedModels } from '../../helpers/shared.js'

const models = sharedModels()
const broken = sharedBroken()

/**
 * Damage to a file as a whole is WEIGHTS_TRUNCATED, damage to the graph OP_SEMANTICS. Undefined where the files are
 * sound: a low bit that only a checksum shows, an output that is not there, an input of another size.
 */
const expected: Readonly<Record<string, readonly [CauseCode, message: RegExp] | undefined>> = {
  'ncnn-shift1-first-layer': ['WEIGHTS_SHIFTED', /'convrelu_0'.* shifted by 1 value\b/],
  'ncnn-shift4bytes-after-tag': ['WEIGHTS_SHIFTED', /'convrelu_0'.* shifted by 1 value\b/],
  'ncnn-shift1-last-layer': ['WEIGHTS_SHIFTED', /'linear_10'.* shifted by 1 value\b/],
  'ncnn-bin-trunc-half': ['WEIGHTS_TRUNCATED', /89632 are missing/],
  'ncnn-bin-trunc-minus1': ['WEIGHTS_TRUNCATED', /: 1 is missing/],
  'ncnn-bin-trunc-first-tag-only': ['WEIGHTS_TRUNCATED', /179260 are missing/],
  'ncnn-bin-trailing': ['WEIGHTS_TRUNCATED', /too long, not too short/],
  'ncnn-bin-is-text': ['WEIGHTS_TRUNCATED', /web page/],
  'ncnn-byteflip-exponent': ['WEIGHTS_NOT_FINITE', /2\.27e\+38/],
  'ncnn-byteflip-mantissa': undefined,
  'ncnn-tag-fp16-on-fp32': ['DTYPE_MISREAD', /says fp16, but the sizes fit fp32/],
  'ncnn-one-nan': ['WEIGHTS_NOT_FINITE', /1 NaN .*'convrelu_1'/],
  'ncnn-one-inf': ['WEIGHTS_NOT_FINITE', /1 infinite .*'convrelu_1'/],
  'ncnn-scaled-1e6': ['WEIGHTS_SCALED', /times 1000000/],
  'ncnn-param-blobcount-high': ['WEIGHTS_TRUNCATED', /declares 14 blobs/],
  'ncnn-param-layercount-high': ['WEIGHTS_TRUNCATED', /declares 13 layers/],
  'ncnn-param-no-magic': ['VERSION_SKEW', /magic number/],
  'ncnn-param-truncated': ['WEIGHTS_TRUNCATED', /was cut/],
  'ncnn-param-bom': ['WEIGHTS_TRUNCATED', /byte order mark/],
  'ncnn-param-dangling-input': ['OP_SEMANTICS', /no layer produces/],
  'ncnn-param-wrong-num-output': ['OP_SEMANTICS', /num_output/],
  'ncnn-param-cycle-order': ['OP_SEMANTICS', /only in line/],
  'ncnn-wrong-output-name': undefined,
  'ncnn-input-wrong-size': undefined,
  'ncnn-shift1-every-layer-face': ['WEIGHTS_SHIFTED', /and 11 more layers/],
  'mnn-shift1-first-layer': ['WEIGHTS_SHIFTED', /shifted by 1 value\b/],
  'mnn-one-nan': ['WEIGHTS_NOT_FINITE', /1 NaN/],
  'mnn-zero-layer': ['WEIGHTS_DEAD_LAYER', /all zero/],
  'mnn-trunc-half': ['WEIGHTS_TRUNCATED', /cut/],
  'mnn-trunc-minus1': ['WEIGHTS_TRUNCATED', /cut/],
  'mnn-trunc-empty': ['WEIGHTS_TRUNCATED', /empty/],
  'mnn-zeros': ['WEIGHTS_TRUNCATED', /zero bytes/],
  'mnn-table-flip': ['WEIGHTS_TRUNCATED', /does not verify/],
  'mnn-is-onnx': ['WEIGHTS_OTHER_MODEL', /ONNX/],
  'mnn-is-ncnn-bin': ['WEIGHTS_OTHER_MODEL', /ncnn/],
  'mnn-of-other-model': ['WEIGHTS_OTHER_MODEL', /6 of 6 weights/],
  'pnnx-reducesum-segv': ['OP_SEMANTICS', /reduces nothing/],
  'fp16-storage-underflow': ['PRECISION_WEIGHT_UNDERFLOW', /'convrelu_0'/],
}

t.test(
  'every broken model beside its original',
  { skip: !(models && broken) && 'no shared models' },
  async (t) => {
    const names: string[] = []
    for (const model of brokenModels()) {
      const { case: name } = model
      // What was done to a picture is not in the model.
      if (name.startsWith('preproc-')) continue
      names.push(name)
      const path = layBroken(t.testdir(), model)
      const { causes, suspected } = await diagnoseFiles(path, join(path, '../model.onnx'))
      const [code, message] = expected[name] ?? []
      t.match([...causes, ...suspected][0], code && { code, message }, name)
    }
    t.same(names.sort(), Object.keys(expected).sort())
  },
)

// What a layer computes without its bias is a tensor of the original, too: the one in front of the sum.
t.test(
  'a layer that lost its bias, and not the one that reads its result',
  { skip: (!models && 'no shared models') || missingRuntime('node') },
  async (t) => {
    const original = (file: string) => join(models!, 'tiny-vit', file)
    const inputs = [{ image: await readNpy(original('input.npy')) }]
    const { layers, weights } = await (await ModelFile.from(original('model.ncnn.param'))).ncnn()
    for (const name of ['gemm_0', 'gemm_1', 'gemm_2', 'gemm_3', 'ln_25']) {
      const folder = t.testdir()
      copyFileSync(original('model.ncnn.param'), join(folder, 'net.param'))
      const bin = readFileSync(original('model.ncnn.bin'))
      const bias = weights!.blocks.filter(({ layer }) => layers[layer]!.name === name).at(-1)!
      writeFileSync(join(folder, 'net.bin'), bin.fill(0, bias.offset, bias.offset + bias.bytes))
      const { causes } = await diagnoseModel(join(folder, 'net.param'), original('model.onnx'), {
        run: { precision: 'fp32' },
        inputs,
      })
      t.match(causes, [{ code: 'OP_SEMANTICS', evidence: { layer: name, omitted: 'Add' } }], name)
    }
  },
)
