import t from 'tap'
import { expandSweep, parseSweep, type SweepBase, type SweptModel } from '../../dist/bench/sweep.js'
import { ModelFile } from '../../dist/file/ModelFile.js'
import { fixture } from '../helpers/fixtures.js'

t.test('keys, and keys with values', async (t) => {
  t.same(parseSweep(['precision,threads']), { precision: 'all', threads: 'all' })
  t.same(parseSweep(['precision=fp32,bf16', 'threads=1,2']), { precision: ['fp32', 'bf16'], threads: [1, 2] })
  t.same(parseSweep(['precision=fp32,bf16,threads=1,2,engine']), {
    precision: ['fp32', 'bf16'],
    threads: [1, 2],
    engine: 'all',
  })
  t.same(parseSweep(['threads=1', 'threads=2']), { threads: [1, 2] })
  t.same(parseSweep(['use_packing_layout=true,false', 'mnn.memory=low']), {
    use_packing_layout: [true, false],
    'mnn.memory': ['low'],
  })
  for (const wrong of ['', 'threads=', '=1', 'threads=1,,2']) {
    t.throws(() => parseSweep([wrong]), { code: 'TWINFER_USAGE' }, wrong)
  }
})

const ncnn: SweptModel = {
  file: await ModelFile.from(fixture('digits8-cnn/model.ncnn.param')),
  engine: 'ncnn',
  options: { use_packing_layout: true, num_threads: 2 },
  threads: 2,
}
const mnn: SweptModel = {
  file: await ModelFile.from(fixture('digits8-cnn/model.mnn')),
  engine: 'mnn',
  options: { memory: 'normal', winogradMemoryLevel: 3 },
  threads: 2,
}
const peer: SweptModel = {
  file: await ModelFile.from(fixture('digits8-cnn/model.onnx')),
  engine: 'onnxruntime',
  options: {},
  threads: 2,
}
const base: SweepBase = { precision: 'default', threads: undefined, device: 'cpu', engineOptions: () => ({}) }
const expand = (models: readonly SweptModel[], ...texts: readonly string[]) => {
  const { settings, skipped } = expandSweep(models, parseSweep(texts), base)
  return {
    settings: settings.map(({ engine, precision, threads, engineOptions }) =>
      [
        engine,
        precision,
        threads ?? '-',
        ...Object.entries(engineOptions).map((pair) => pair.join('=')),
      ].join(' '),
    ),
    skipped: skipped.map((one) => one.setting),
  }
}

t.test('all combinations, and those of each engine alone', async (t) => {
  t.same(expand([ncnn, mnn]).settings, ['ncnn default -', 'mnn default -'])
  t.same(expand([mnn], 'precision=fp32,bf16', 'threads').settings, [
    'mnn fp32 1',
    'mnn fp32 2',
    'mnn bf16 1',
    'mnn bf16 2',
  ])
  t.same(expand([ncnn, mnn], 'use_packing_layout', 'mnn.memory=low,high'), {
    settings: [
      'ncnn default - use_packing_layout=true',
      'ncnn default - use_packing_layout=false',
      'mnn default - memory=low',
      'mnn default - memory=high',
    ],
    skipped: ['use_packing_layout'],
  })
  t.same(expand([mnn], 'memory').settings.length, 3, 'the words of an enumeration')
})

t.test('the peer runs as its file is, and what cannot be is named', async (t) => {
  t.same(expand([mnn, peer], 'precision=fp32,bf16', 'threads=1'), {
    settings: ['mnn fp32 1', 'mnn bf16 1', 'onnxruntime fp32 1'],
    skipped: ['precision=bf16'],
  })
  t.same(expand([peer]).settings, ['onnxruntime fp32 2'], 'with as many threads as the others take')
  t.same(expand([ncnn, mnn], 'engine=mnn').settings, ['mnn default -'])
  t.same(expand([mnn], 'engine=mnn,ncnn').skipped, ['engine=ncnn'])
})

t.test('what no engine knows is refused, with the nearest', async (t) => {
  const refused = (text: string, help: RegExp) =>
    t.throws(() => expand([ncnn, mnn], text), { code: 'TWINFER_USAGE', help }, text)
  refused('precison', /'precision'/)
  refused('use_packing_layot', /'use_packing_layout'/)
  refused('mnn.use_packing_layout', /use_packing_layout/)
  refused('precision=fp23', /'fp32'/)
  refused('threads=0', /./)
  refused('threads=1.5', /./)
  refused('device=gpu', /./)
  refused('engine=nccn', /'ncnn'/)
  refused('winogradMemoryLevel', /winogradMemoryLevel=1,2,3/)
})

t.test('a key that no engine has: each option is said once', (t) => {
  const help =
    'The options of ncnn: use_packing_layout, num_threads. The options of mnn: memory, winogradMemoryLevel. With its name and a dot in front, an option is for that engine only.'
  t.throws(() => expand([ncnn, mnn, mnn], 'something=1'), { code: 'TWINFER_USAGE', help })
  t.end()
})
