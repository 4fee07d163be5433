import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { open, Tensor, writeNpy } from 'twinfer'
import { Net } from 'twinfer/ncnn'
import { inspect } from '../../dist/file/inspect.js'
import { cli } from '../helpers/cli.js'
import { openLayers, paramText, tagged } from '../helpers/ncnnModel.js'

const input = 'Input in0 0 1 in0'
const refused = (...layers: string[]) =>
  openLayers(layers).then(
    () => 'opened',
    (error) => error,
  )

t.test('the size in an Input layer is a note: any size runs, and another one is said', async (t) => {
  const conv = 'Convolution c 1 1 data out 0=1 1=1 5=0 6=3'
  for (const [hint, shape] of [
    ['0=4 1=4 2=3', [3, 6, 5]],
    ['0=3 1=4 2=4', [3, 4, 4]],
    ['0=4 1=4 2=3', [1, 3, 8, 8]],
  ] as const) {
    await using model = await openLayers([`Input data 0 1 data ${hint}`, conv], tagged(1, 1, 1))
    const { out } = await model.run(
      new Tensor(new Float32Array(shape.reduce((a: number, b) => a * b, 1)).fill(1), shape),
    )
    t.same(out!.shape, [1, ...shape.slice(-2)])
    t.ok((out!.data as Float32Array).every((value) => value === 3))
    t.match(model.effective.notes.join('\n'), /'data': \[.*\] in place of the \[.*\] that the file notes/)
  }
  await using same = await openLayers(['Input data 0 1 data 0=2 1=2 2=3', conv], tagged(1, 1, 1))
  t.same(same.inputs[0]!.shape, [3, 2, 2])
  t.same((await same.run(new Float32Array(12))).out!.shape, [1, 2, 2], 'a bare array takes the noted size')
  t.same(same.effective.notes, [])
  await t.rejects(same.run(new Float32Array(15)), { code: 'TWINFER_LENGTH_MISMATCH' })
})

t.test('a size that the caller declares is a rule', async (t) => {
  await using model = await openLayers([input, 'ReLU r 1 1 in0 out0'], [], {
    inputShapes: { in0: [2, 4, 3] },
  })
  t.same((await model.run(new Tensor(new Float32Array(24), [2, 4, 3]))).out0!.shape, [2, 4, 3])
  await t.rejects(model.run(new Tensor(new Float32Array(24), [3, 4, 2])), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /\[2,4,3\] as inputShapes says/,
  })
})

t.test('lines behind the counted layers are ignored, with a note', async (t) => {
  const text = `${paramText(input, 'ReLU r 1 1 in0 out0')}Noop end 1 1 out0 never\nnot even a layer\n`
  await using model = await open(Buffer.from(text), { engine: 'ncnn', weights: new Uint8Array(0) })
  t.same(
    model.outputs.map(({ name }) => name),
    ['out0'],
  )
  t.match(model.effective.notes.join('\n'), /2 layers: ncnn ignores 2 lines from line 5 on/)
  const folder = mkdtempSync(join(tmpdir(), 'twinfer-'))
  writeFileSync(join(folder, 'm.param'), text)
  writeFileSync(join(folder, 'm.bin'), '')
  const { warnings, layers } = await inspect(join(folder, 'm.param'))
  t.match(warnings, ['line 2 declares 2 layers: ncnn ignores line 5, 6'])
  t.equal(layers.length, 2)
  const { status, stdout } = cli(['check', 'm.param'], { cwd: folder })
  t.equal(status, 0)
  t.match(stdout, /warnings[\s\S]*ignored-lines/)
})

/** Words of the binary form: layer types are Input 16, Convolution 6, ReLU 26, Slice 31, Concat 5. */
function binaryFolder(words: readonly number[], weights: readonly number[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'twinfer-'))
  writeFileSync(join(folder, 'm.param.bin'), new Uint8Array(Int32Array.from(words).buffer))
  writeFileSync(join(folder, 'm.bin'), new Uint8Array(Float32Array.from(weights).buffer))
  return folder
}
const network = [
  7767517, 3, 4, 16, 0, 1, 0, 0, 4, 1, 4, 2, 2, -233, 6, 1, 1, 0, 1, 0, 4, 1, 1, 5, 1, 6, 8, -233, 31, 1, 2,
  1, 2, 3, -23300, 2, 1, -233, -233,
]
const weights = [...tagged(1, 2, 3, 4, 5, 6, 7, 8), 0, 0, 0, 0]

t.test('a binary .param works in every command, and both sides call its layers alike', async (t) => {
  const cwd = binaryFolder(network, weights)
  await writeNpy(join(cwd, 'x.npy'), new Tensor(new Float32Array(32).fill(1), [2, 4, 4]))
  const file = join(cwd, 'm.param.bin')
  const summary = await inspect(file)
  const net = new Net()
  net.loadParam(file)
  t.same(
    summary.layers.map(({ type, name, inputs, outputs }) => ({ type, name, bottoms: inputs, tops: outputs })),
    net.layers,
  )
  t.match(summary, {
    format: 'ncnn-param-bin',
    inputs: [{ name: '0', shape: [2, 4, 4] }],
    outputs: [{ name: '2' }, { name: '3' }],
    weights: { bytes: 52 },
    warnings: [],
  })
  copyFileSync(file, join(cwd, 'm.param'))
  for (const name of ['m.param.bin', 'm.param']) {
    for (const args of [
      ['inspect', name],
      ['check', name],
      ['run', name, '-i', 'x.npy', '-o', 'out'],
      ['compare', name, 'm.param.bin', '-i', 'x.npy', '--layers'],
      ['record', name, '-i', 'x.npy', '-o', 'm.twin'],
      ['verify', 'm.twin', name],
    ]) {
      const { status, stderr } = cli(args, { cwd })
      t.equal(status, 0, `${args.join(' ')}: ${stderr}`)
    }
  }
  copyFileSync(file, join(cwd, 'm.mnn'))
  const { status, stderr } = cli(['run', 'm.mnn', '-i', 'x.npy'], { cwd })
  t.equal(status, 2)
  t.match(stderr, /a binary ncnn \.param\.bin[\s\S]*Name it \.param/)
})

t.test('a damaged binary .param is told by its byte, by check as by open', async (t) => {
  for (const [words, message] of [
    [network.slice(0, 20), /byte 80/],
    [network.map((word, i) => (i === 16 ? 9 : word)), /byte 80.*0 to 3.*4/],
    [network.with(6, 77), /0 to 3.*77/],
    [network.with(7, 40), /0 to 31.*40/],
    [network.with(3, 500), /#500/],
  ] as const) {
    const cwd = binaryFolder(words, weights)
    const opened = await open(join(cwd, 'm.param.bin')).catch((error) => error)
    t.match(opened.message, message)
    const { status, stdout } = cli(['check', 'm.param.bin'], { cwd })
    t.equal(status, 1)
    t.match(stdout.replace(/\s+/g, ' '), message)
  }
})

t.test('what ncnn refuses while it loads is refused with its cause, and with the layer', async (t) => {
  for (const [layer, message] of [
    ['Softmax s 1 1 in0 out0 0=1', /layer 's' .*1=1/],
    ['Reduction r 1 1 in0 out0 0=3 1=0 -23303=2,2,3', /layer 'r' .*5=1/],
    ['BinaryOp b 1 1 in0 out0 0=99 1=1 2=1.0', /layer 'b' \(BinaryOp, line 4\).*load_param refuses/],
    ['UnaryOp u 1 1 in0 out0 0=-5', /layer 'u' .*load_param refuses/],
    ['Interp i 1 1 in0 out0 0=9', /layer 'i' .*load_param refuses/],
    ['Convolution c 1 1 in0 out0 0=1 1=1 6=1 9=77', /layer 'c' .*load_param refuses/],
    ['Permute p 1 1 in0 out0 0=77', /layer 'p' .*load_param refuses/],
    ['Tile t 1 1 in0 out0 0=9 1=1', /layer 't' .*load_param refuses/],
  ] as const) {
    t.match(await refused(input, layer), { code: 'TWINFER_MODEL_INVALID', message }, layer)
  }
  t.match(await refused(input, 'Input b 0 1 b', 'Padding p 2 1 in0 b out0'), {
    message: /'p' .*at most 1 bottoms/,
  })
})

t.test('layer types that are not there: left out of the build, custom, left by pnnx, misspelt', async (t) => {
  const code = 'TWINFER_MODEL_UNSUPPORTED'
  t.match(await refused(input, 'ArgMax a 1 1 in0 out0 0=1'), { code, message: /ArgMax.*leaves out/ })
  t.match(await refused(input, 'SPP a 1 1 in0 out0 0=1'), { code, message: /SPP.*leaves out/ })
  for (const type of ['rife.Warp', 'YoloV5Focus', 'Correlation'])
    t.match(await refused(input, `${type} a 1 1 in0 out0`), { code, help: /custom layer/ })
  for (const type of ['aten::roll', 'pnnx.Expression', 'F.grid_sample', 'torch.unbind', 'nn.Foo'])
    t.match(await refused(input, `${type} a 1 1 in0 out0`), { code, help: /pnnx left/ })
  t.match(await refused(input, 'Convolutoin a 1 1 in0 out0'), { code, message: /mean 'Convolution'/ })
})

t.test('a padding of a million is refused before it takes gigabytes', async (t) => {
  await using model = await openLayers(
    [input, 'ConvolutionDepthWise c 1 1 in0 out0 0=24 1=3 4=1 14=1000003 5=0 6=216 7=24'],
    tagged(...Array(216).fill(1)),
  )
  const start = performance.now()
  await t.rejects(model.run(new Tensor(new Float32Array(24 * 64), [24, 8, 8])), {
    code: 'TWINFER_SHAPE_MISMATCH',
    message: /'c'/,
  })
  t.ok(performance.now() - start < 1000)
})

t.test('a wrong dtype is told how to become the right one', async (t) => {
  await using embed = await openLayers([input, 'Embed e 1 1 in0 out0 0=1 1=2 2=0 3=2'], tagged(1, 2))
  for (const ids of [BigInt64Array.from([1n]), Float32Array.from([1])])
    await t.rejects(embed.run(new Tensor(ids, [1])), {
      code: 'TWINFER_DTYPE_MISMATCH',
      help: /Int32Array\.from\(data, Number\)/,
    })
  await using relu = await openLayers([input, 'ReLU r 1 1 in0 out0'])
  await t.rejects(relu.run(new Tensor(BigInt64Array.from([1n]), [1])), {
    code: 'TWINFER_DTYPE_MISMATCH',
    help: /Float32Array\.from\(data, Number\)/,
  })
})
