// Convolutions of several groups: layers inside a layer, which ncnn on x86 hands fp32 whatever the network stores.
import t from 'tap'
import { Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { openLayers, tagged } from '../helpers/ncnnModel.js'
import { seededRandom } from '../helpers/seededRandom.js'

const random = seededRandom(11)
const drawn = (length: number) => Float32Array.from({ length }, () => random() - 0.5)
const input = new Tensor(drawn(16 * 16 * 16), [16, 16, 16])

for (const type of ['ConvolutionDepthWise', 'DeconvolutionDepthWise'])
  for (const [groups, perGroup] of [
    [4, 4],
    [2, 8],
    [16, 1],
    [1, 16],
  ] as const)
    t.test(`${type} of ${groups} groups in low precision`, async (t) => {
      const count = 16 * perGroup * 9
      const weights = tagged(...drawn(count))
      const layers = [
        'Input in 0 1 in',
        'ReLU r 1 1 in x 0=0.1',
        `${type} c 1 1 x out 0=16 1=3 4=1 6=${count} 7=${groups}`,
      ]
      const run = async (precision: 'fp32' | 'bf16' | 'fp16') => {
        const model = await openLayers(layers, weights, { precision })
        const outputs = [await model.run(input), await model.run(input)].map(({ out }) => out!)
        await model.dispose()
        t.same(outputs[0]!.data, outputs[1]!.data, `${precision} repeats itself`)
        return outputs[0]!
      }
      const right = await run('fp32')
      for (const precision of ['bf16', 'fp16'] as const) {
        const { sqnrDb } = compareTensors(right, await run(precision))
        t.ok(sqnrDb === null || sqnrDb > 35, `${precision}: ${sqnrDb} dB`)
      }
    })
