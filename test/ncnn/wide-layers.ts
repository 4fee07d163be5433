// Layers that compute in fp32 in a network that stores 16 bits: by their mask (31=), where ncnn hands them 16 bits all the
// same, and a DeformableConv2D, whose inner layer would take fp32 for 16 bits. Each reads past its end where nothing is done.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { open, readNpy, Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { Mat, Net } from 'twinfer/ncnn'
import { fixture } from '../helpers/fixtures.js'
import { openLayers, tagged } from '../helpers/ncnnModel.js'
import { patience } from '../helpers/patience.js'
import { seededRandom } from '../helpers/seededRandom.js'

t.setTimeout(patience * 120_000)

const random = seededRandom(5)
const drawn = (length: number) => Float32Array.from({ length }, () => random() - 0.5)
const param = readFileSync(fixture('digits8-cnn/model.ncnn.param'), 'utf8')
const weights = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
const input = await readNpy(fixture('digits8-cnn/input.npy'))

/** The text with this mask on every layer but the inputs that `chosen` takes. */
const masked = (mask: number, chosen: (type: string) => boolean) =>
  param
    .split('\n')
    .map((line, at) =>
      at > 1 && line && !line.startsWith('Input') && chosen(line.split(' ')[0]!)
        ? `${line} 31=${mask}`
        : line,
    )
    .join('\n')

t.test('any mask runs in any precision, on any of the layers', async (t) => {
  const run = async (text: string, precision: 'fp32' | 'fp16' | 'bf16') => {
    const model = await open(Buffer.from(text), { engine: 'ncnn', weights, precision })
    const [output] = Object.values(await model.run(input))
    await model.dispose()
    return output!
  }
  const right = await run(param, 'fp32')
  for (const precision of ['fp32', 'fp16', 'bf16'] as const)
    for (const mask of [1, 2, 4, 8, 15, 32, 128, -1])
      for (let i = 0; i < 4; i++) {
        const text = masked(mask, () => random() < 0.5)
        const { sqnrDb } = compareTensors(right, await run(text, precision))
        t.ok(sqnrDb === null || sqnrDb > 35, `${precision}, 31=${mask}: ${sqnrDb} dB`)
      }
})

t.test('a masked layer computes in fp32, and in the traces of a network that keeps its blobs', async (t) => {
  const layers = ['Input in 0 1 in', 'ReLU r 1 1 in x 0=0.1', 'Convolution c 1 1 x out 0=8 1=3 4=1 6=576']
  const data = tagged(...drawn(576))
  const rounded = drawn(8 * 9 * 9).map((value) => Math.round(value * 128) / 128)
  const positive = new Tensor(rounded.map(Math.abs), [8, 9, 9])
  const run = async (mask: string, precision: 'fp32' | 'bf16') => {
    const model = await openLayers([...layers.slice(0, 2), layers[2] + mask], data, { precision })
    const { x, out } = await model.run(positive, { outputs: ['x', 'out'] })
    await model.dispose()
    return [x!, out!] as const
  }
  // What bf16 holds exactly goes in: only the weights would be rounded.
  const [[, right], [, half], [x, mine]] = [
    await run('', 'fp32'),
    await run('', 'bf16'),
    await run(' 31=4', 'bf16'),
  ]
  t.ok(compareTensors(right, half).sqnrDb! < 70, 'without a mask weights are rounded')
  const { sqnrDb } = compareTensors(right, mine)
  t.ok(sqnrDb === null || sqnrDb > 70, `with one they are not, though what it writes is: ${sqnrDb} dB`)
  t.same(x.data, positive.data)
})

t.test(
  'masks bind layers of several inputs, of layers inside, and of none that stores 16 bits',
  async (t) => {
    const layers = [
      'Input in 0 1 in',
      'ReLU r 1 1 in x 0=0.1',
      'Split s 1 2 x x0 x1 31=4',
      'ConvolutionDepthWise d 1 1 x0 y 0=16 1=3 4=1 6=576 7=4 31=15',
      'BinaryOp b 2 1 x1 y z 0=0 31=-1',
      'Reduction m 1 1 z out 0=3 1=0 -23303=2,1,2 4=1 5=1 31=15',
    ]
    const data = tagged(...drawn(576))
    const values = new Tensor(drawn(16 * 9 * 9), [16, 9, 9])
    const run = async (precision: 'fp32' | 'bf16') => {
      const model = await openLayers(layers, data, { precision })
      const outputs = [await model.run(values), await model.run(values)].map(({ out }) => out!)
      await model.dispose()
      t.same(outputs[0]!.data, outputs[1]!.data, `${precision} repeats itself`)
      return outputs[0]!
    }
    const { sqnrDb } = compareTensors(await run('fp32'), await run('bf16'))
    t.ok(sqnrDb! > 35, `${sqnrDb} dB`)
  },
)

t.test('the direct binding, with the fp16 that is on by default beside bf16', async (t) => {
  const net = new Net()
  net.setOptions({ use_bf16_storage: true })
  net.loadParam(Buffer.from(masked(4, (type) => type === 'Convolution' || type === 'Pooling')))
  net.loadModel(weights)
  const extractor = net.createExtractor()
  extractor.input('in0', Mat.from(input.data as Float32Array, input.shape.slice(1)))
  const extracted = extractor.extract('out0')
  t.ok(extracted.channel(0).every(Number.isFinite))
  net.clear()
})

for (const maps of [1, 2])
  t.test(`DeformableConv2D of ${maps + 1} inputs in low precision`, async (t) => {
    for (const [channels, outputs, bias] of [
      [8, 8, 0],
      [3, 5, 1],
      [16, 16, 1],
    ] as const) {
      const count = channels * outputs * 9
      const data = [...tagged(...drawn(count)), ...(bias ? drawn(outputs) : [])]
      const feeds: Record<string, Tensor> = {
        x: new Tensor(drawn(channels * 42), [channels, 6, 7]),
        offsets: new Tensor(drawn(18 * 42), [18, 6, 7]),
        ...(maps === 2 ? { weighing: new Tensor(drawn(9 * 42), [9, 6, 7]) } : {}),
      }
      const names = Object.keys(feeds)
      const run = async (precision: 'fp32' | 'bf16' | 'fp16', mask: number) => {
        const layer = `DeformableConv2D d ${names.length} 1 ${names.join(' ')} out 0=${outputs} 1=3 4=1 5=${bias} 6=${count} 31=${mask}`
        const model = await openLayers([...names.map((name) => `Input ${name} 0 1 ${name}`), layer], data, {
          precision,
        })
        const [first, second] = [await model.run(feeds), await model.run(feeds)]
        await model.dispose()
        t.same(first.out!.data, second.out!.data, `${precision} repeats itself`)
        return first.out!
      }
      const right = await run('fp32', 0)
      for (const precision of ['bf16', 'fp16'] as const)
        for (const mask of [0, 4, 15]) {
          const { sqnrDb } = compareTensors(right, await run(precision, mask))
          t.ok(sqnrDb === null || sqnrDb > 35, `${precision}, 31=${mask}: ${sqnrDb} dB`)
        }
    }
  })
