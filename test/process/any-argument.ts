import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import t from 'tap'
import * as checking from '../../dist/check.js'
import * as comparing from '../../dist/compare.js'
import * as twinfer from '../../dist/index.js'
import * as mnn from '../../dist/mnn.js'
import * as ncnn from '../../dist/ncnn.js'
import * as npy from '../../dist/npy.js'
import * as preprocessing from '../../dist/preprocess.js'
import { digitsPixels, digitsRecord, digitsWithSidecar } from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'
import { nastyValues } from '../helpers/nastyValues.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 600_000)

const { Tensor, TwinferError, Model } = twinfer
const files = { ncnn: fixture('digits8-cnn/model.ncnn.param'), mnn: fixture('digits8-cnn/model.mnn') }
const array = fixture('npz/savez.npz')
const input = await twinfer.readNpy(fixture('digits8-cnn/input.npy'))
const folder = t.testdir()
// Some of the values are good names of files.
if (isMainThread) process.chdir(folder)
const pack = join(folder, 'golden.twin')
await comparing.record(files.mnn, { file: pack, inputs: input, repeat: 1 })
const comparison = comparing.compareTensors(input, input)
const tolerances = comparing.parseTolerances([])
const recorded = await digitsWithSidecar(folder, 'model.mnn')
const sidecarFile = preprocessing.sidecarPath(recorded)
const { sidecar } = await preprocessing.readSidecar(sidecarFile)
const pixels = await digitsPixels()
const described = {
  name: 'model.mnn',
  digest: sidecar.model,
  inputs: [{ name: 'image', shape: [1, 1, 8, 8] }],
  outputs: [{ name: 'logits' }],
}

// biome-ignore lint/suspicious/noExplicitAny: any is what is asked
type Any = any
type Call = (...values: Any[]) => unknown

/** What is wrong with the answers of a call whose argument at each place is replaced by each nasty value. */
async function badAnswers(name: string, call: Call, good: readonly unknown[]): Promise<string[]> {
  const bad: string[] = []
  for (let place = 0; place < good.length; place++) {
    for (const [i, value] of nastyValues().entries()) {
      const values = [...good]
      values[place] = value
      const error = await errorOf(() => call(...values))
      if (error === undefined || (error instanceof TwinferError && error.code && error.message)) continue
      bad.push(
        `${name}, argument ${place}, value ${i}: ${String((error as Error)?.stack ?? error).slice(0, 300)}`,
      )
    }
  }
  return bad
}

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    const answer = call()
    if (answer instanceof Promise) await answer
    return undefined
  } catch (error) {
    return error ?? 'nothing'
  }
}

/** One argument, as an option of an object with others that are right. */
const option =
  (call: Call, name: string, others: object = {}): Call =>
  (value) =>
    call({ ...others, [name]: value })

const functions: Readonly<Record<string, readonly [Call, readonly unknown[]]>> = {
  open: [async (...all: Any[]) => ((await (twinfer.open as Call)(...all)) as Any).dispose(), [files.mnn, {}]],
  readNpy: [twinfer.readNpy as Call, [array]],
  writeNpy: [twinfer.writeNpy as Call, [join(folder, 'out.npy'), input]],
  setLogger: [twinfer.setLogger as Call, [undefined]],
  'new Tensor': [(...all) => new (Tensor as Any)(...all), [new Float32Array(4), [4], {}]],
  'Tensor.zeros': [Tensor.zeros as Call, [[4], 'float32', 'NCHW']],
  'new TwinferError': [(...all) => new (TwinferError as Any)(...all), ['TWINFER_USAGE', 'text', {}]],
  'new Model': [(...all) => new (Model as Any)(...all), [undefined, 'mnn', 1, undefined, {}, undefined]],
  parseNpy: [npy.parseNpy as Call, [new Uint8Array(1)]],
  formatNpy: [npy.formatNpy as Call, [input]],
  readNpz: [npy.readNpz as Call, [array, {}]],
  writeNpz: [npy.writeNpz as Call, [join(folder, 'out.npz'), { a: input }]],
  'Npz.open': [async (...all: Any[]) => ((await (npy.Npz.open as Call)(...all)) as Any).close(), [array, {}]],
  compareTensors: [comparing.compareTensors as Call, [input, input, {}]],
  compareTensorsAsync: [comparing.compareTensorsAsync as Call, [input, input, {}]],
  judge: [comparing.judge as Call, [comparison, 'fp32', {}]],
  explain: [comparing.explain as Call, [comparison, { floorDb: 80, ran: 'fp32' }]],
  floorOf: [comparing.floorOf as Call, ['fp32', {}]],
  judgedPrecision: [comparing.judgedPrecision as Call, ['fp32', 'none', {}]],
  lowerOf: [comparing.lowerOf as Call, [{ precision: 'fp16' }, { precision: 'fp32' }]],
  noiseFloor: [comparing.noiseFloor as Call, [input, input]],
  pairOutputs: [comparing.pairOutputs as Call, [['a'], { b: input }, {}]],
  parseTolerances: [comparing.parseTolerances as Call, [['sqnr=60']]],
  requireKnownOutputs: [comparing.requireKnownOutputs as Call, [tolerances, ['a']]],
  toleranceFor: [comparing.toleranceFor as Call, [tolerances, 'a']],
  quickError: [comparing.quickError as Call, [new Float32Array(4), new Float32Array(4)]],
  vote: [comparing.vote as Call, [['a', 'b', 'c'], []]],
  check: [comparing.check as Call, [files.mnn, {}]],
  inspect: [checking.inspect as Call, [files.ncnn]],
  weightStorage: [checking.weightStorage as Call, [files.mnn]],
  weightStorages: [checking.weightStorages as Call, [files.ncnn]],
  workOf: [checking.workOf as Call, [files.mnn]],
  'ModelFile.from': [
    async (...all: Any[]) => ((await (checking.ModelFile.from as Call)(...all)) as Any).summary(),
    [files.ncnn, {}],
  ],
  traceLayers: [comparing.traceLayers as Call, [files.mnn, input, {}]],
  openTracer: [
    async (...all: Any[]) => ((await (comparing.openTracer as Call)(...all)) as Any).dispose(),
    [files.ncnn, {}],
  ],
  openReference: [
    async (...all: Any[]) => ((await (comparing.openReference as Call)(...all)) as Any).dispose(),
    [files.ncnn, {}],
  ],
  record: [comparing.record as Call, [files.mnn, { file: join(folder, 'a.twin'), inputs: input, repeat: 1 }]],
  verify: [comparing.verify as Call, [pack, files.mnn, {}]],
  rejudge: [comparing.rejudge as Call, [pack, {}]],
  recordedModel: [comparing.recordedModel as Call, [pack, {}]],
  'Pack.open': [
    async (...all: Any[]) => ((await (comparing.Pack.open as Call)(...all)) as Any).close(),
    [pack, {}],
  ],
  importRecord: [preprocessing.importRecord as Call, [sidecarFile]],
  completeRecord: [preprocessing.completeRecord as Call, ['a.json', digitsRecord, {}]],
  makeSidecar: [preprocessing.makeSidecar as Call, [described, { given: digitsRecord }]],
  parseSidecar: [preprocessing.parseSidecar as Call, [JSON.stringify(sidecar), 'a.json']],
  verifySidecar: [preprocessing.verifySidecar as Call, ['a.json', sidecar, described, sidecar.model]],
  readSidecar: [preprocessing.readSidecar as Call, [sidecarFile]],
  findSidecar: [preprocessing.findSidecar as Call, [recorded]],
  sidecarPath: [preprocessing.sidecarPath as Call, [recorded]],
  writeSidecar: [preprocessing.writeSidecar as Call, [join(folder, 'out.json'), sidecar, true]],
  readLabels: [preprocessing.readLabels as Call, [sidecarFile]],
  'Mat.from': [ncnn.Mat.from as Call, [new Float32Array(4), [4]]],
  'Interpreter.createFromFile': [mnn.Interpreter.createFromFile as Call, [files.mnn, {}]],
  'Interpreter.createFromBuffer': [mnn.Interpreter.createFromBuffer as Call, [new Uint8Array(4), {}]],
  'Module.load': [mnn.Module.load as Call, [files.mnn, {}]],
}

for (const [name, [call, good]] of Object.entries(functions)) {
  t.test(`${name} answers any value with an error of its own, or rightly`, async (t) => {
    t.same(await badAnswers(name, call, good), [])
  })
}

const opened: Call = async (options) => ((await (twinfer.open as Call)(files.mnn, options)) as Any).dispose()
const recording: Call = (options) => (comparing.record as Call)(files.mnn, options)
const options: Readonly<Record<string, readonly [Call, readonly string[], object?]>> = {
  open: [
    opened,
    [
      'engine',
      'weights',
      'precision',
      'threads',
      'device',
      'engineOptions',
      'inputShapes',
      'logger',
      'sidecar',
    ],
  ],
  compareTensors: [
    (given) => (comparing.compareTensors as Call)(input, input, given),
    ['name', 'topK', 'classAxis', 'explainedBy', 'details', 'threads'],
  ],
  judge: [
    (given) => (comparing.judge as Call)(comparison, 'fp32', given),
    ['depth', 'longestDot', 'noiseFloorDb', 'tolerance'],
  ],
  check: [(given) => (comparing.check as Call)(files.mnn, given), ['against']],
  traceLayers: [
    (given) => (comparing.traceLayers as Call)(files.ncnn, input, given),
    ['visit', 'threads', 'inputShapes'],
  ],
  record: [
    recording,
    ['file', 'inputs', 'image', 'sidecar', 'layers', 'repeat', 'tolerances'],
    { file: join(folder, 'b.twin'), inputs: input, repeat: 1 },
  ],
  verify: [
    (given) => (comparing.verify as Call)(pack, files.mnn, given),
    ['inputs', 'sidecar', 'tolerances', 'repeat', 'limits'],
    { repeat: 1 },
  ],
  pairOutputs: [
    (given) => (comparing.pairOutputs as Call)(['a'], ['b'], given),
    ['pairs', 'isReferenceOriginal'],
  ],
}

for (const [name, [call, names, others]] of Object.entries(options)) {
  t.test(`the options of ${name}, one by one`, async (t) => {
    for (const one of names) {
      t.same(await badAnswers(`${name}.${one}`, option(call, one, others), [undefined]), [], one)
    }
  })
}

for (const engine of ['ncnn', 'mnn'] as const) {
  t.test(`a model of ${engine}: inputs, outputs, signal`, async (t) => {
    const model = await twinfer.open(files[engine])
    const [first, output] = [model.inputs[0]!.name, model.outputs[0]!.name]
    const run = model.run.bind(model) as Call
    const runSync = model.runSync.bind(model) as Call
    const calls: Readonly<Record<string, Call>> = {
      run,
      runSync,
      'run by name': (value) => run({ [first]: value }),
      'run by order': (value) => runSync([value]),
      options: (value) => run(input, value),
      outputs: (value) => runSync(input, { outputs: value }),
      'outputs by name': (value) => runSync(input, { outputs: [value] }),
      'outputs into': (value) => run(input, { outputs: { [output]: value } }),
      signal: (value) => run(input, { signal: value }),
    }
    for (const [name, call] of Object.entries(calls)) t.same(await badAnswers(name, call, [input]), [], name)
    t.equal((await model.run(input))[output]!.length, 10, 'it is none the worse for it')
    await model.dispose()
  })

  t.test(`predictions of a model of ${engine}`, async (t) => {
    const name = engine === 'mnn' ? 'model.mnn' : 'model.ncnn.param'
    const model = await twinfer.open(await digitsWithSidecar(t.testdir(), name))
    const predict = model.predict.bind(model) as Call
    const calls: Readonly<Record<string, Call>> = {
      predict,
      'predict by name': (value) => predict({ [model.inputs[0]!.name]: value }),
      options: (value) => predict(pixels, value),
      top: (value) => predict(pixels, { top: value }),
      inputs: (value) => predict(pixels, { inputs: value }),
      signal: (value) => predict(pixels, { signal: value }),
    }
    for (const [called, call] of Object.entries(calls)) {
      t.same(await badAnswers(called, call, [pixels]), [], called)
    }
    t.equal((await model.predict(pixels)).top?.[0]?.index, 2, 'it is none the worse for it')
    await model.dispose()
  })

  t.test(`the layers of a model of ${engine}`, async (t) => {
    const reference = await comparing.openReference(files[engine])
    const candidate = await comparing.openTracer(files[engine])
    const compareLayers = comparing.compareLayers as Call
    const calls: Readonly<Record<string, readonly [Call, readonly unknown[]]>> = {
      trace: [candidate.trace.bind(candidate) as Call, [input, () => {}]],
      isolate: [candidate.isolate.bind(candidate) as Call, [input, () => undefined, () => {}]],
      fed: [
        (value) =>
          candidate.isolate(
            input,
            () => value,
            () => {},
          ),
        [undefined],
      ],
      compareLayers: [compareLayers, [reference, candidate, input, {}]],
      precision: [(value) => compareLayers(reference, candidate, input, { precision: value }), ['fp32']],
      inputs: [(value) => compareLayers(reference, candidate, input, { candidateInputs: value }), [input]],
    }
    for (const [name, [call, good]] of Object.entries(calls))
      t.same(await badAnswers(name, call, good), [], name)
    await reference.dispose()
    await candidate.dispose()
  })
}

t.test('what callers throw in their own functions passes as it is', async (t) => {
  const mine = new RangeError('mine')
  const visit = () => {
    throw mine
  }
  for (const file of Object.values(files)) {
    t.equal(await errorOf(() => comparing.traceLayers(file, input, { visit })), mine)
    const model = await twinfer.open(file)
    t.equal(await errorOf(() => model.run(input, { signal: AbortSignal.abort('enough') })), 'enough')
    await model.dispose()
  }
})

t.test('every class of every door answers any argument of its constructor', async (t) => {
  for (const [door, exported] of Object.entries({ twinfer, comparing, mnn, ncnn, npy })) {
    for (const [name, type] of Object.entries(exported as Readonly<Record<string, unknown>>)) {
      if (typeof type !== 'function' || !/^class\b/.test(Function.prototype.toString.call(type))) continue
      const make: Call = (...values) => void new (type as Any)(...values)
      t.same(await badAnswers(`new ${name} of ${door}`, make, [undefined]), [], `${door}: ${name}`)
    }
  }
})

t.test('methods answer any `this`', async (t) => {
  const net = new ncnn.Net()
  net.loadParam(files.ncnn)
  net.loadModel(files.ncnn.replace('.param', '.bin'))
  const interpreter = mnn.Interpreter.createFromFile(files.mnn)
  const session = interpreter.createSession()
  const made: readonly object[] = [
    input,
    await twinfer.open(files.mnn),
    net,
    net.createExtractor(),
    ncnn.Mat.from(new Float32Array(4), [4]),
    interpreter,
    session,
    session.getSessionInput(),
    session.getSessionInput().map('read'),
    mnn.Module.load(files.mnn),
    await npy.Npz.open(array),
    await comparing.Pack.open(pack),
  ]
  for (const object of made) {
    const type = object.constructor as { readonly name: string; readonly prototype: object }
    for (const key of Object.getOwnPropertyNames(type.prototype)) {
      if (key === 'constructor') continue
      const { value, get } = Object.getOwnPropertyDescriptor(type.prototype, key)!
      const method = (value ?? get) as Call
      if (typeof method !== 'function') continue
      t.same(
        await badAnswers(`${type.name}.${key}`, (self) => method.call(self), [undefined]),
        [],
        `${type.name}.${key}: this`,
      )
    }
  }
})

t.test('the direct bindings answer any argument', async (t) => {
  const net = new ncnn.Net()
  const interpreter = mnn.Interpreter.createFromFile(files.mnn)
  const session = interpreter.createSession()
  const tensor = session.getSessionInput()
  const module = mnn.Module.load(files.mnn)
  const calls: Readonly<Record<string, readonly [Call, number]>> = {
    loadParam: [(value) => new (ncnn.Net as Any)().loadParam(value), 1],
    opt: [(value) => Object.assign(new (ncnn.Net as Any)().opt, { num_threads: value }), 1],
    createExtractor: [(value) => (net as Any).createExtractor(value), 1],
    createSession: [(value) => (interpreter as Any).createSession(value), 1],
    setSessionMode: [(value) => (mnn.Interpreter.createFromFile(files.mnn) as Any).setSessionMode(value), 1],
    setSessionHint: [
      (...all) => (mnn.Interpreter.createFromFile(files.mnn) as Any).setSessionHint(...all),
      2,
    ],
    getSessionInput: [(value) => (session as Any).getSessionInput(value), 1],
    resizeTensor: [(...all) => (session as Any).resizeTensor(...all), 2],
    runSessionWithCallBackInfo: [(value) => (session as Any).runSessionWithCallBackInfo(value), 1],
    copyFromHost: [(value) => (tensor as Any).copyFromHost(value), 1],
    copyToHost: [(value) => (tensor as Any).copyToHost(value), 1],
    map: [(...all) => (tensor as Any).map(...all), 2],
    forward: [(value) => (module as Any).forward(value), 1],
    'forward of': [(value) => (module as Any).forward([value]), 1],
  }
  for (const [name, [call, count]] of Object.entries(calls)) {
    t.same(await badAnswers(name, call, new Array(count).fill(undefined)), [], name)
  }
})
