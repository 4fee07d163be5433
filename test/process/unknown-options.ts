// What nothing reads is refused: a misspelt option would be passed over, and the default taken for what was asked for.
import t from 'tap'
import { open, readNpy, Tensor } from 'twinfer'
import { bench, tune } from 'twinfer/bench'
import { ModelFile } from 'twinfer/check'
import * as comparing from 'twinfer/compare'
import { diagnose, extract, findMixedPrecision } from 'twinfer/diagnose'
import { evaluate } from 'twinfer/eval'
import { Interpreter, Module } from 'twinfer/mnn'
import { Pack } from 'twinfer/pack'
import { fixture } from '../helpers/fixtures.js'

const file = fixture('digits8-cnn/model.mnn')
const original = fixture('digits8-cnn/model.onnx')
const data = fixture('digits8-cnn/input.npy')
const input = await readNpy(data)
const model = await open(file)
t.teardown(() => model.dispose())
const itself = comparing.compareTensors(input, input)

type Call = (options: never) => unknown

/** A call, a misspelt option of it, and what was meant; undefined where nothing is near. */
const calls: Readonly<Record<string, readonly [Call, object, string | undefined]>> = {
  open: [(o) => open(file, o), { treads: 1 }, 'threads'],
  'model.run': [(o) => model.run(input, o), { outptus: ['logits'] }, 'outputs'],
  'model.runSync': [(o) => model.runSync(input, o), { output: ['logits'] }, 'outputs'],
  'model.runMany': [(o) => model.runMany([input], o).next(), { signl: undefined }, 'signal'],
  'model.predict': [(o) => model.predict(data, o), { topp: 1 }, 'top'],
  'new Tensor': [(o) => new Tensor(input.data, input.shape, o), { dype: 'float32' }, 'dtype'],
  compareTensors: [(o) => comparing.compareTensors(input, input, o), { topk: 3 }, 'topK'],
  compareTensorsAsync: [(o) => comparing.compareTensorsAsync(input, input, o), { topk: 3 }, 'topK'],
  judge: [(o) => comparing.judge(itself, 'fp32', o), { tolerence: {} }, 'tolerance'],
  floorOf: [(o) => comparing.floorOf('fp32', o), { longestdot: 1 }, 'longestDot'],
  judgedPrecision: [(o) => comparing.judgedPrecision('fp32', 'none', o), { dept: 1 }, 'depth'],
  explain: [(o) => comparing.explain(itself, o), { floorDB: 80, ran: 'fp32' }, 'floorDb'],
  pairOutputs: [(o) => comparing.pairOutputs(['a'], ['b'], o), { pair: [] }, 'pairs'],
  compareLayers: [
    (o) => comparing.compareLayers(undefined as never, undefined as never, {}, o),
    { precison: 'fp32' },
    'precision',
  ],
  check: [(o) => comparing.check(file, o), { againts: original }, 'against'],
  explainShift: [
    (o) => comparing.explainShift(new Float32Array(4), new Float32Array(4), o),
    { rowsize: 1 },
    'rowSize',
  ],
  'ModelFile.from': [(o) => ModelFile.from(file, o), { enigne: 'mnn' }, 'engine'],
  traceLayers: [(o) => comparing.traceLayers(file, input, o), { vist: () => {} }, 'visit'],
  openTracer: [(o) => comparing.openTracer(file, o), { treads: 1 }, 'threads'],
  openReference: [(o) => comparing.openReference(original, o), { thread: 1 }, 'threads'],
  record: [(o) => comparing.record(file, o), { layer: 'all' }, 'layers'],
  verify: [(o) => comparing.verify('golden.twin', file, o), { tolerance: [] }, 'tolerances'],
  rejudge: [(o) => comparing.rejudge('golden.twin', o), { tolerance: [] }, 'tolerances'],
  'Pack.open': [(o) => Pack.open(fixture('npz/savez.npz'), o), { member: 1 }, 'members'],
  evaluate: [(o) => evaluate([file], o), { data, metrics: ['top1'], limt: 1 }, 'limit'],
  'evaluate, open': [(o) => evaluate([file], { data, metrics: ['top1'], open: o }), { treads: 1 }, 'threads'],
  diagnose: [(o) => diagnose(file, o), { golden: input }, undefined],
  findMixedPrecision: [(o) => findMixedPrecision(file, o), { minSqnr: 50 }, 'minSqnrDb'],
  extract: [(o) => extract(file, o), { lyaer: 2 }, 'layer'],
  bench: [(o) => bench(file, o), { duraton: 1 }, 'duration'],
  tune: [(o) => tune(file, o), { minSqnr: 50 }, 'minSqnrDb'],
  'Interpreter.createFromFile': [
    (o) => Interpreter.createFromFile(file, o),
    { externalfile: '' },
    'externalFile',
  ],
  'Interpreter.createSession': [
    (o) => Interpreter.createFromFile(file).createSession(o),
    { numThreads: 1 },
    'numThread',
  ],
  'Interpreter.createSession, backendConfig': [
    (o) => Interpreter.createFromFile(file).createSession({ backendConfig: o }),
    { precison: 1 },
    'precision',
  ],
  'Module.load': [(o) => Module.load(file, o), { input: [] }, 'inputs'],
}

for (const [name, [call, options, meant]] of Object.entries(calls)) {
  t.test(`${name} refuses an option that it does not have`, async (t) => {
    const received = Object.keys(options).at(name === 'explain' ? 0 : -1)!
    await t.rejects(async () => call(options as never), {
      code: 'TWINFER_INVALID_OPTION',
      message: RegExp(`expected one of .*, received "${received}"$`),
      help: meant === undefined ? '' : `Did you mean '${meant}'?`,
    })
  })
}

t.test('the options that are expected are those of the call, not of open() only', async (t) => {
  await t.rejects(comparing.record(file, { layer: 'all' } as never), {
    message: /expected one of file, inputs, image, layers, repeat, tolerances, precision, /,
  })
})

t.test('a path that is missing is called by its option', async (t) => {
  const refused = (name: string) => ({
    code: 'TWINFER_INVALID_OPTION',
    message: `expected ${name} as a path, received undefined`,
    help: /./,
  })
  await t.rejects(extract(file, { layer: 2 } as never), refused('folder'))
  await t.rejects(comparing.record(file, { inputs: input } as never), refused('file'))
  await t.rejects(findMixedPrecision(file, { minSqnrDb: 50 } as never), refused('reference'))
})
