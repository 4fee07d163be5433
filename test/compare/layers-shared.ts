// Every real network beside the project layer by layer against its .onnx, and every broken one that runs.
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readNpy, type Tensor } from 'twinfer'
import {
  type CompareLayersOptions,
  compareLayers,
  type Divergence,
  type LayersComparison,
  openReference,
  openTracer,
} from 'twinfer/compare'
import { engineFiles, engines } from '../helpers/networks.js'
import { patience } from '../helpers/patience.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

t.setTimeout(patience * 600_000)

const models = sharedModels()
const broken = sharedBroken()
const skip = models && broken ? false : 'no models beside the project'

interface SharedOptions extends CompareLayersOptions {
  readonly ran?: 'fp32' | 'bf16'
  /** What the candidate's one input was given where it was deployed. */
  readonly deployed?: Tensor
}

async function compare(
  reference: string,
  candidate: string,
  input: Tensor,
  { ran = 'fp32', deployed, ...options }: SharedOptions = {},
): Promise<LayersComparison> {
  const tracer = await openReference(reference)
  const isolating = await openTracer(candidate, { precision: ran, threads: 1 })
  try {
    return await compareLayers(
      tracer,
      isolating,
      { [tracer.inputs[0]!.name]: input },
      deployed ? { ...options, deployedInputs: { [isolating.inputs[0]!.name]: deployed } } : options,
    )
  } finally {
    await tracer.dispose()
    await isolating.dispose()
  }
}

/** Most of the unmatched: halves of a hard sigmoid that the .onnx computes in one. */
const unmatched: Readonly<Record<string, { ncnn: number; mnn: number }>> = {
  'digits8-cnn': { ncnn: 0, mnn: 0 },
  'mnist-cnn': { ncnn: 0, mnn: 0 },
  'tiny-vit': { ncnn: 2, mnn: 2 },
  'tiny-unet': { ncnn: 0, mnn: 0 },
  'tiny-ecapa-tdnn': { ncnn: 2, mnn: 2 },
  'tiny-face-detector': { ncnn: 0, mnn: 0 },
  'efficientnet-lite0': { ncnn: 0, mnn: 0 },
  'ppocrv4-det': { ncnn: 24, mnn: 24 },
}

for (const [name, most] of Object.entries(unmatched)) {
  for (const engine of engines) {
    t.test(`no layer of ${name} on ${engine} diverges in fp32`, { skip }, async (t) => {
      const file = (part: string) => join(models!, name, part)
      const input = await readNpy(file('input.npy'))
      const compared = await compare(file('model.onnx'), file(engineFiles[engine]), input)
      t.equal(compared.firstDivergence, null)
      t.ok(compared.unmatched <= most[engine], `${compared.unmatched} of ${compared.layers.length} unmatched`)
    })
  }
}

const named: Readonly<Record<string, Partial<Divergence>>> = {
  'ncnn-shift1-first-layer': { name: 'convrelu_0', damage: 'whole-layer' },
  'ncnn-shift1-last-layer': { name: 'linear_10', damage: 'whole-layer' },
  'ncnn-byteflip-exponent': { name: 'convrelu_1', damage: 'few-channels', channels: [0] },
  'ncnn-one-nan': { name: 'convrelu_1', damage: 'few-channels', channels: [0] },
  'ncnn-one-inf': { name: 'convrelu_1', damage: 'few-channels', channels: [0] },
  'ncnn-scaled-1e6': { name: 'convrelu_1', damage: 'whole-layer' },
  'ncnn-shift1-every-layer-face': { name: 'convrelu_0', damage: 'whole-layer' },
  'mnn-shift1-first-layer': { name: '/conv0/Conv_output_0', damage: 'whole-layer' },
  'mnn-one-nan': { name: '/pw.1/Conv_output_0', damage: 'few-channels' },
  'mnn-zero-layer': { name: '/pw.1/Conv_output_0', damage: 'whole-layer' },
}

for (const [name, divergence] of Object.entries(named)) {
  t.test(`${name}: the damaged layer is named`, { skip }, async (t) => {
    const model = t.testdir()
    const onMnn = name.startsWith('mnn')
    const base = onMnn || name.endsWith('face') ? 'tiny-face-detector' : 'mnist-cnn'
    cpSync(join(models!, base), model, { recursive: true })
    cpSync(join(broken!, name), model, { recursive: true, force: true })
    const input = await readNpy(join(model, 'input.npy'))
    const file = join(model, onMnn ? engineFiles.mnn : engineFiles.ncnn)
    const { firstDivergence } = await compare(join(model, 'model.onnx'), file, input)
    t.match(firstDivergence, divergence)
  })
}

t.test(
  "the convolution whose weights fp16 cannot hold is named in ppocrv4-det's fp16 file",
  { skip },
  async (t) => {
    const file = (part: string) => join(models!, 'ppocrv4-det', part)
    const { firstDivergence, layers } = await compare(
      file('model.onnx'),
      file('model_fp16.ncnn.param'),
      await readNpy(file('input.npy')),
      { precision: 'fp16-weights' },
    )
    t.match(firstDivergence, { name: 'convrelu_0', type: 'Convolution', damage: 'whole-layer' })
    t.same(layers[firstDivergence!.index]!.shape, [24, 96, 192])
  },
)

t.test('bf16 is spread over the layers of efficientnet-lite0', { skip }, async (t) => {
  const file = (part: string) => join(models!, 'efficientnet-lite0', part)
  const input = await readNpy(file('input.npy'))
  const options = { ran: 'bf16', precision: 'bf16' } as const
  const { firstDivergence } = await compare(file('model.onnx'), file(engineFiles.ncnn), input, options)
  t.match(firstDivergence, { damage: 'spread', index: 0 })
})

t.test('wrong preprocessing is no fault of any layer', { skip }, async (t) => {
  const file = (part: string) => join(models!, 'efficientnet-lite0', part)
  const input = await readNpy(file('input.npy'))
  for (const name of ['bgr', 'grey-x3', 'mean-after-std', 'nhwc-as-nchw', 'no-mean-std', 'range01']) {
    const deployed = join(broken!, `preproc-${name}`, 'input.npy')
    if (!existsSync(deployed)) return t.fail(`no ${deployed}`)
    const { firstDivergence } = await compare(file('model.onnx'), file(engineFiles.ncnn), input, {
      deployed: await readNpy(deployed),
    })
    t.match(firstDivergence, { damage: 'input', index: 0 }, name)
  }
})
