import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Tensor, writeNpy } from 'twinfer'
import { openTracer } from 'twinfer/compare'
import { Mat } from 'twinfer/ncnn'
import { cliJson } from '../helpers/cli.js'
import { netOf, openLayers, paramText } from '../helpers/ncnnModel.js'

const input = 'Input in0 0 1 in0'
const yolo3 = (bottom: string, top: string) =>
  `Yolov3DetectionOutput d 1 1 ${bottom} ${top} 0=1 1=1 2=0.5 -23304=2,8.0,8.0 -23305=1,0.0 -23306=1,8.0`
const yolo2 = (bottom: string, top: string) =>
  `YoloDetectionOutput d 1 1 ${bottom} ${top} 0=1 1=1 2=0.5 -23304=2,8.0,8.0`
const nothing = new Tensor(new Float32Array(24).fill(-9), [6, 2, 2])
const something = new Tensor(
  Float32Array.from({ length: 24 }, (_, i) => (i % 4 === 0 && i >= 16 ? 9 : i < 16 ? 0 : -9)),
  [6, 2, 2],
)

for (const [name, detector] of Object.entries({ yolo3, yolo2 })) {
  t.test(`nothing found is a result: ${name}`, async (t) => {
    await using model = await openLayers([input, detector('in0', 'out0')])
    const { out0: none } = await model.run(nothing)
    t.same([none!.shape, none!.data.length], [[0, 6], 0])
    const { out0: one } = await model.run(something)
    t.same(one!.shape, [1, 6])
    const extractor = netOf([input, detector('in0', 'out0')]).createExtractor()
    extractor.input('in0', Mat.from(nothing.data as Float32Array, [6, 2, 2]))
    t.same(extractor.extract('out0').toFloat32Array(), new Float32Array(0))
  })

  t.test(`traced and isolated, what is made of nothing is nothing: ${name}`, async (t) => {
    const file = join(t.testdir({ 'net.bin': '' }), 'net.param')
    const layers = [
      input,
      detector('in0', 'a'),
      'Split s 1 2 a b c',
      'ReLU r 1 1 b boxes',
      'Noop n 1 1 c rest',
    ]
    writeFileSync(file, paramText(...layers))
    const tracer = await openTracer(file, { precision: 'fp32', threads: 1 })
    const shapes: string[] = []
    const visit = ({ blob, shape }: { blob: string; shape: readonly number[] }) =>
      void shapes.push(`${blob} [${shape}]`)
    await tracer.trace({ in0: nothing }, visit)
    const traced = shapes.splice(0)
    t.ok(traced.includes('rest [0,6]'), traced.join())
    await tracer.isolate({ in0: nothing }, () => undefined, visit)
    t.same(shapes, traced)
    await tracer.dispose()
  })

  t.test(`layers behind a detector that found nothing do not run: ${name}`, async (t) => {
    const layers = [
      input,
      detector('in0', 'a'),
      'Split s 1 2 a b c',
      'ReLU r 1 1 b boxes',
      'Sigmoid g 1 1 c h',
      'Reduction m 1 1 h mean 0=3 1=1 5=1',
    ]
    await using model = await openLayers(layers)
    const none = await model.run(nothing)
    t.same([none.boxes!.data.length, none.mean!.shape], [0, [0]])
    const one = await model.run(something)
    t.same([one.boxes!.shape, one.mean!.shape], [[1, 6], [1]])
  })
}

t.test('an SSD that finds nothing', async (t) => {
  const layers = [
    'Input loc 0 1 loc',
    'Input conf 0 1 conf',
    'Input prior 0 1 prior',
    'DetectionOutput d 3 1 loc conf prior out0 0=2 1=0.45 2=10 3=10 4=0.5',
  ]
  await using model = await openLayers(layers)
  const loc = new Tensor(new Float32Array(8), [8])
  const prior = new Tensor(Float32Array.from([0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1, ...Array(8).fill(0.1)]), [2, 8])
  const scores = (...conf: number[]) => new Tensor(Float32Array.from(conf), [4])
  t.same((await model.run({ loc, prior, conf: scores(0.9, 0.1, 0.9, 0.1) })).out0!.shape, [0, 6])
  t.same((await model.run({ loc, prior, conf: scores(0.2, 0.8, 0.9, 0.1) })).out0!.shape, [1, 6])
})

t.test('run prints that nothing was found', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'twinfer-'))
  writeFileSync(join(folder, 'm.param'), paramText(input, yolo3('in0', 'out0')))
  writeFileSync(join(folder, 'm.bin'), '')
  await writeNpy(join(folder, 'x.npy'), nothing)
  const { status, json } = cliJson<{ outputs: readonly object[] }>(['run', 'm.param', '-i', 'x.npy'], {
    cwd: folder,
  })
  t.equal(status, 0)
  t.match(json.outputs[0], { shape: [0, 6], min: null, max: null })
})
