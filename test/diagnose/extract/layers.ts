// Every layer of the small networks, cut out: alone it computes what it computes inside of its network.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy, Tensor } from 'twinfer'
import { type Extraction, type ExtractOptions, extract } from 'twinfer/diagnose'
import { graphOf } from '../../../dist/diagnose/extract/choosePiece.js'
import { ModelFile } from '../../../dist/file/ModelFile.js'
import { fixture } from '../../helpers/fixtures.js'
import { externalParameter, inputParameter, mnnFile, opType } from '../../helpers/mnnFile.js'
import { patience } from '../../helpers/patience.js'
import { sharedModels } from '../../helpers/shared.js'

t.setTimeout(patience * 900_000)

const still = new Set(['Input', 'MemoryData', 'Const', 'TrainableParam'])

/** Cuts out every layer, or every n-th. Gives what is not bit for bit the same. */
async function extractAll(
  t: Test,
  model: string,
  options: Omit<ExtractOptions, 'layer' | 'folder'>,
  step = 1,
): Promise<readonly Extraction[]> {
  const folder = t.testdir()
  const { layers } = await graphOf(await ModelFile.from(model))
  const computing = layers.filter(({ type }) => !still.has(type))
  const others: Extraction[] = []
  let count = 0
  for (const { index, name, type } of computing.filter((_, i) => i % step === 0)) {
    const one = await extract(model, { layer: index, folder: join(folder, String(index)), ...options })
    t.same(one.layers, [{ index, name, type }])
    if (!one.alone.identical) others.push(one)
    count++
  }
  t.ok(count > 0, `${count} layers of ${model}, ${count - others.length} bit for bit`)
  return others
}

for (const name of ['digits8-cnn', 'tiny-ecapa-tdnn']) {
  const files = readdirSync(fixture(name)).filter((file) => /\.(param|mnn)$/.test(file))
  t.ok(files.length > 3)
  for (const file of files) {
    const step = name === 'digits8-cnn' ? 1 : 5
    t.test(`${name}/${file}`, async (t) => {
      const inputs = await readNpy(fixture(`${name}/input.npy`))
      t.same(await extractAll(t, fixture(`${name}/${file}`), { inputs }, step), [])
    })
  }
}

t.test('a binary .param', async (t) => {
  const inputs = await readNpy(fixture('cases/param-bin/x.npy'))
  t.same(await extractAll(t, fixture('cases/param-bin/model.param.bin'), { inputs }), [])
})

t.test('weights of 2, 4 and 8 bits', async (t) => {
  const inputs = await readNpy(fixture('cases/four-bit/x.npy'))
  for (const file of ['q2.mnn', 'q4.mnn', 'q8.mnn'])
    t.same(await extractAll(t, fixture(`cases/four-bit/${file}`), { inputs }), [])
})

const shared = sharedModels()
t.test('the larger networks', { skip: !shared && 'no shared models' }, async (t) => {
  for (const name of readdirSync(shared!)) {
    const folder = join(shared!, name)
    if (!existsSync(join(folder, 'input.npy'))) continue
    const files = readdirSync(folder).filter((file) => /^model\.(ncnn\.param|mnn)$/.test(file))
    for (const file of files) {
      const inputs = await readNpy(join(folder, 'input.npy'))
      const { layers } = await graphOf(await ModelFile.from(join(folder, file)))
      t.same(await extractAll(t, join(folder, file), { inputs }, Math.ceil(layers.length / 12)), [])
    }
  }
})

t.test('the files of weights hold what the layer loads and no more', async (t) => {
  const folder = t.testdir()
  const inputs = await readNpy(fixture('digits8-cnn/input.npy'))
  const size = async (file: string, layer: string) => {
    const out = join(folder, `${file}-${layer}`)
    await extract(fixture(`digits8-cnn/${file}.ncnn.param`), { layer, folder: out, inputs })
    return readFileSync(join(out, 'piece.bin')).length
  }
  // 1 x 12 x 3 x 3 weights with their tag, and 12 biases; halves are padded to 4 bytes.
  t.equal(await size('model', 'convrelu_0'), 4 + 108 * 4 + 12 * 4)
  t.equal(await size('model_fp16', 'convrelu_0'), 4 + 108 * 2 + 12 * 4)
  t.equal(await size('model', 'maxpool2d_0'), 0)
})

t.test('weights in a file of their own: of those of the layer only', async (t) => {
  const folder = t.testdir()
  const place = (offset: number) => [offset, 16, 8]
  const convolution = (name: string, offset: number, from: number) => ({
    type: opType.Convolution,
    name,
    inputs: [from],
    outputs: [from + 1],
    parameter: externalParameter(place(offset)),
  })
  const input = { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([1, 2, 4, 4]) }
  const operators = [input, convolution('first', 4, 0), convolution('second', 28, 1)]
  const model = join(folder, 'net.mnn')
  writeFileSync(model, mnnFile({ tensors: ['x', 'y', 'z'], operators }))
  const weights = Float32Array.from({ length: 13 }, (_, i) => i)
  writeFileSync(`${model}.weight`, Buffer.from(weights.buffer))
  const x = new Tensor(
    Float32Array.from({ length: 32 }, (_, i) => i),
    [1, 2, 4, 4],
  )
  for (const [layer, start] of [
    ['first', 1],
    ['second', 7],
  ] as const) {
    const out = join(folder, layer)
    const { alone, files } = await extract(model, { layer, folder: out, inputs: x })
    t.ok(alone.identical)
    t.ok(files.includes('piece.mnn.weight'))
    const own = readFileSync(join(out, 'piece.mnn.weight'))
    t.same(own, Buffer.from(weights.slice(start, start + 6).buffer))
    t.match(readFileSync(join(out, 'repro.cpp'), 'utf8'), /setExternalFile\(\(folder \+ "piece.mnn.weight"\)/)
  }
})

t.test('inputs, expected and computed values are files of the shapes that are said', async (t) => {
  const folder = join(t.testdir(), 'out')
  const inputs = await readNpy(fixture('digits8-cnn/input.npy'))
  const one = await extract(fixture('digits8-cnn/model.mnn'), { layer: 3, folder, inputs })
  for (const { shape, file } of one.inputs) t.same((await readNpy(join(folder, file))).shape, shape)
  for (const { shape, expected, computed } of one.outputs) {
    t.same((await readNpy(join(folder, expected))).shape, shape)
    t.same((await readNpy(join(folder, computed))).shape, shape)
  }
  t.same(one.files.toSorted(), listed(folder).toSorted())
})

function listed(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
