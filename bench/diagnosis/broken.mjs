// The deliberately broken cases of ../shared/broken: which codes fit what its index says of each, first.
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { shared } from './places.mjs'

const truncated = ['WEIGHTS_TRUNCATED']
const notWeights = ['WEIGHTS_TRUNCATED', 'WEIGHTS_OTHER_MODEL', 'WEIGHTS_SHIFTED']
/** What has no code of its own: the cause has to say it in words, which are looked for in its message and evidence. */
const structural = (words) => ({
  codes: ['UNKNOWN_LAYER', 'WEIGHTS_TRUNCATED', 'WEIGHTS_OTHER_MODEL', 'OP_SEMANTICS', 'INCONCLUSIVE'],
  words,
})

const expected = {
  'ncnn-shift1-first-layer': ['WEIGHTS_SHIFTED'],
  'ncnn-shift4bytes-after-tag': ['WEIGHTS_SHIFTED'],
  'ncnn-shift1-last-layer': ['WEIGHTS_SHIFTED'],
  'ncnn-shift1-every-layer-face': ['WEIGHTS_SHIFTED'],
  'mnn-shift1-first-layer': ['WEIGHTS_SHIFTED'],
  'ncnn-bin-trunc-half': truncated,
  'ncnn-bin-trunc-minus1': truncated,
  'ncnn-bin-trunc-first-tag-only': truncated,
  'mnn-trunc-half': truncated,
  'mnn-trunc-minus1': truncated,
  'mnn-trunc-empty': truncated,
  'mnn-zeros': notWeights,
  'mnn-table-flip': notWeights,
  'mnn-is-onnx': notWeights,
  'mnn-is-ncnn-bin': notWeights,
  'ncnn-bin-is-text': notWeights,
  'mnn-of-other-model': ['WEIGHTS_OTHER_MODEL'],
  'ncnn-bin-trailing': structural(/64|trailing|longer|behind/i),
  'ncnn-byteflip-exponent': ['WEIGHTS_NOT_FINITE', 'WEIGHTS_OTHER_MODEL', 'PRECISION_OVERFLOW'],
  'ncnn-byteflip-mantissa': ['NONE', 'PRECISION_EXPECTED', 'WEIGHTS_OTHER_MODEL'],
  'ncnn-tag-fp16-on-fp32': ['DTYPE_MISREAD', 'WEIGHTS_SHIFTED', 'WEIGHTS_OTHER_MODEL', 'WEIGHTS_TRUNCATED'],
  'ncnn-one-nan': ['WEIGHTS_NOT_FINITE'],
  'ncnn-one-inf': ['WEIGHTS_NOT_FINITE'],
  'mnn-one-nan': ['WEIGHTS_NOT_FINITE'],
  'ncnn-scaled-1e6': ['WEIGHTS_SCALED'],
  'mnn-zero-layer': ['WEIGHTS_DEAD_LAYER'],
  'ncnn-param-blobcount-high': { codes: ['NONE', ...structural().codes], words: /blob/i },
  'ncnn-param-layercount-high': structural(/layer|13/i),
  'ncnn-param-no-magic': { codes: ['VERSION_SKEW', ...structural().codes], words: /magic|7767517|old/i },
  'ncnn-param-truncated': structural(/trunc|cut|line|incomplete|ends/i),
  'ncnn-param-bom': structural(/BOM|byte order|magic/i),
  'ncnn-param-dangling-input': structural(/nosuchblob|produc/i),
  'ncnn-param-wrong-num-output': structural(/num_output|weight|convrelu_1/i),
  'ncnn-param-cycle-order': structural(/order|before|produc/i),
  'ncnn-wrong-output-name': null,
  // The input of the wrong size is all zeros besides, which is said first.
  'ncnn-input-wrong-size': {
    codes: ['INPUT_CONSTANT', 'PREPROC_ASPECT', 'PREPROC_CROP', 'PREPROC_INTERPOLATION', 'INCONCLUSIVE'],
    words: /14|shape|size/i,
  },
  'preproc-bgr': ['PREPROC_CHANNEL_ORDER'],
  'preproc-no-mean-std': ['PREPROC_RANGE', 'PREPROC_MEAN_STD'],
  'preproc-range01': ['PREPROC_RANGE', 'PREPROC_MEAN_STD'],
  'preproc-mean-after-std': ['PREPROC_MEAN_STD'],
  'preproc-nhwc-as-nchw': ['LAYOUT_MISREAD'],
  'preproc-grey-x3': ['PREPROC_GREY'],
  'pnnx-reducesum-segv': structural(/reduc|InnerProduct|axes/i),
  'fp16-storage-underflow': ['PRECISION_WEIGHT_UNDERFLOW'],
}

export function brokenQuestions() {
  const folder = join(shared, 'broken')
  if (!existsSync(folder)) return []
  const cases = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))
  return cases
    .filter(({ case: name }) => expected[name] !== null)
    .map((one) => ({
      id: `broken/${one.case}`,
      kind: 'broken',
      code: 'broken',
      once: true,
      plant: (_draw, to) => plantBroken(one, join(folder, one.case), to),
    }))
}

function plantBroken({ case: name, engine, base_model, should_be_diagnosed_as }, folder, to) {
  const [base] = base_model.split(' ')
  const original = join(shared, 'models', base)
  mkdirSync(to, { recursive: true })
  const files = engine === 'ncnn' ? ['model.ncnn.param', 'model.ncnn.bin'] : ['model.mnn']
  for (const file of [...files, 'model.onnx', 'input.npy'])
    cpSync([join(folder, file), join(original, file)].find(existsSync), join(to, file))
  const input =
    existsSync(join(folder, 'input.npy')) && existsSync(join(folder, 'model.onnx'))
      ? join(folder, 'input.npy')
      : join(original, 'input.npy')
  const deployed = existsSync(join(folder, 'input.npy'))
    ? ['--deployed-input', join(folder, 'input.npy')]
    : []
  const wanted = expected[name] ?? []
  return {
    args: [join(to, files[0]), '--reference', join(to, 'model.onnx'), '--golden-input', input, ...deployed],
    accept: [wanted.codes ?? wanted],
    words: wanted.words,
    note: should_be_diagnosed_as,
  }
}
