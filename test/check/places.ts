import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { paramText } from '../helpers/ncnnModel.js'
import { type GraphParts, onnxGraphFile } from '../helpers/onnxGraphFile.js'
import { seededRandom } from '../helpers/seededRandom.js'

const channels = 8
const random = seededRandom(11)
const matrices = ['a', 'b', 'c', 'd'].map(() =>
  Float32Array.from({ length: channels * channels }, () => random() + random() - 1),
)

type Node = readonly [op: string, inputs: readonly string[], output: string]

/** Convolutions of 1x1, weights 'a' to 'd' all of one size. */
const conv = (input: string, weight: string, output: string): Node => ['Conv', [input, weight], output]

/** The source, and the converted network with the numbers of `holds` as the weights of its layers, in that order. */
function pair(
  t: Test,
  nodes: readonly Node[],
  holds: readonly number[],
  values: readonly Float32Array[] = matrices,
) {
  const folder = t.testdir()
  const output = nodes.at(-1)![2]
  const graph: GraphParts = {
    inputs: [['x', 'float32', [1, channels, 4, 4]]],
    outputs: [output],
    nodes: nodes.map(([op, inputs, out]) => [op, inputs, [out], op === 'Concat' ? { axis: 1 } : {}]),
    constants: values.map((each, i) => ['abcd'[i]!, [channels, channels, 1, 1], each]),
  }
  writeFileSync(join(folder, 'net.onnx'), onnxGraphFile(graph))
  // ncnn gives a blob to one layer: a Split hands it to several.
  const readers = nodes.filter(([, inputs]) => inputs.includes('x')).length
  const copies = Array.from({ length: readers }, (_, i) => `x_${i}`)
  let copy = 0
  const layers = nodes.map(([op, inputs, out], i) => {
    const blobs = inputs.map((name) => (name === 'x' ? copies[copy++] : name))
    if (op === 'Conv') return `Convolution conv${i} 1 1 ${blobs[0]} ${out} 0=8 1=1 6=64`
    return `${op === 'Concat' ? op : 'BinaryOp'} join 2 1 ${blobs.join(' ')} ${out} 0=0`
  })
  const split = `Split split 1 ${readers} x ${copies.join(' ')}`
  writeFileSync(join(folder, 'net.param'), paramText('Input x 0 1 x', split, ...layers))
  const tag = Buffer.alloc(4)
  writeFileSync(
    join(folder, 'net.bin'),
    Buffer.concat(holds.flatMap((number) => [tag, Buffer.from(values[number]!.buffer)])),
  )
  return check(join(folder, 'net.param'), { against: join(folder, 'net.onnx') })
}

const chain = [conv('x', 'a', 'y'), conv('y', 'b', 'z'), conv('z', 'c', 'out')]
/** Two branches of two layers each. */
const branches = (join: string): readonly Node[] => [
  conv('x', 'a', 'p'),
  conv('p', 'b', 'q'),
  conv('x', 'c', 'r'),
  conv('r', 'd', 's'),
  [join, ['q', 's'], 'out'],
]

t.test('two layers of a chain with each other’s weights', async (t) => {
  t.match(await pair(t, chain, [0, 1, 2]), { ok: true, findings: [] })
  const message = (layer: number, holds: string, place: string) =>
    `the weights of 'conv${layer}' are those of '${holds}', in the place of '${place}', which has their size (64)`
  t.match((await pair(t, chain, [2, 1, 0])).findings, [
    { code: 'weights-differ', severity: 'error', layer: 'conv0', message: message(0, 'c', 'a') },
    { code: 'weights-differ', severity: 'error', layer: 'conv2', message: message(2, 'a', 'c') },
  ])
  const { findings } = await pair(t, chain, [1, 2, 0])
  t.strictSame(
    findings.map(({ layer }) => layer),
    ['conv0', 'conv1', 'conv2'],
    'and three that went round',
  )
})

t.test('weights that stand in two layers, and those that stand in none', async (t) => {
  t.match((await pair(t, chain, [0, 1, 1])).findings, [
    { code: 'weights-differ', layer: 'conv2', message: /are those of 'b', in the place of 'c'/ },
  ])
  t.match((await pair(t, chain, [1, 1, 2])).findings, [
    { code: 'weights-differ', layer: 'conv0', message: /are those of 'b', in the place of 'a'/ },
  ])
  const shared = [conv('x', 'a', 'y'), conv('y', 'b', 'z'), conv('z', 'b', 'out')]
  t.match(await pair(t, shared, [0, 1, 1]), { ok: true, findings: [] }, 'a source that shares them')
})

t.test('branches', async (t) => {
  t.match(await pair(t, branches('Concat'), [0, 1, 2, 3]), { ok: true, findings: [] })
  t.match((await pair(t, branches('Concat'), [2, 1, 0, 3])).findings, [
    { code: 'weights-differ', layer: 'conv0' },
    { code: 'weights-differ', layer: 'conv2' },
  ])
  const short = [conv('x', 'a', 'p'), conv('x', 'b', 'q'), ['Concat', ['p', 'q'], 'out']] as const
  t.match(await pair(t, short, [0, 1]), { ok: true, findings: [] })
  t.match((await pair(t, short, [1, 0])).findings, [
    { code: 'weights-differ', layer: 'conv0' },
    { code: 'weights-differ', layer: 'conv1' },
  ])
  // A sum is the same whichever of the two is which, and converters write them in either order.
  t.match(await pair(t, branches('Add'), [2, 3, 0, 1]), { ok: true, findings: [] })
})

t.test('layers with the same weights are in no other’s place', async (t) => {
  const [a, b] = matrices as [Float32Array, Float32Array]
  t.match(await pair(t, chain, [2, 1, 0], [a, b, a]), { ok: true, findings: [] })
})
