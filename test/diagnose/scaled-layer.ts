// A layer whose weights are scaled, behind which all that follows is a line: its outputs look like a last step that is missing.
import { join } from 'node:path'
import t from 'tap'
import { readNpy, Tensor } from 'twinfer'
import { diagnose } from '../../dist/diagnose/diagnose.js'
import { float32Values } from '../../dist/tensor/convertTensor.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'
import { projectPath } from '../helpers/projectPath.js'

interface Weight {
  readonly layer: { readonly name: string }
}
interface Given {
  readonly model: string
  readonly weights: readonly Weight[]
  readonly network: { readonly onnx: string; readonly input: string }
}
type Change = (values: Float32Array) => Float32Array

interface Part {
  readonly Draw: new (...parts: readonly string[]) => object
  readonly copyOf: (draw: object, folder: string, network: object, engine: string) => Given
  readonly plantedWithInput: (draw: object, folder: string) => Promise<object>
  readonly onLayer: (given: Given, change: Change, weight: Weight | undefined) => string | null
}
const part = (name: string) => import(projectPath(`bench/diagnosis/${name}.mjs`)) as Promise<Part>

t.setTimeout(300_000)

t.test(
  'scaled weights are named, and not the scale of the outputs',
  { skip: missingRuntime('node') },
  async (t) => {
    const { Draw } = await part('Draw')
    const { copyOf, plantedWithInput } = await part('bases')
    const { onLayer } = await part('weightFaults')
    for (const seed of ['1', '2', '3', '4']) {
      const folder = join(t.testdir(), seed)
      const draw = new Draw('scaled', seed)
      const given = copyOf(draw, folder, await plantedWithInput(draw, folder), 'ncnn')
      const mix = given.weights.find(({ layer }) => layer.name === 'mix')
      t.equal(
        onLayer(given, (values) => values.map((value) => 0.37 * value), mix),
        'mix',
      )
      const { input, onnx } = given.network
      // Of values like pixels, beside which biases are nothing: what is scaled comes out scaled.
      const read = await readNpy(input)
      const golden = new Tensor(
        float32Values(read).map((value) => 300 * value),
        read.shape,
      )
      const samples = [{ name: 'x', golden }]
      const { causes } = await diagnose(given.model, { reference: onnx, samples, threads: 1 })
      t.match(causes[0], { code: 'WEIGHTS_SCALED', evidence: { layer: 'mix' } }, seed)
      t.notOk(
        causes.some(({ code }) => code === 'SCALE_OFFSET_MISSING'),
        seed,
      )
    }
  },
)
