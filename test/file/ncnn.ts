import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inspect } from '../../dist/file/inspect.js'
import { parseParam } from '../../dist/file/NcnnReport.js'
import { fixture } from '../helpers/fixtures.js'

const param = (...lines: string[]) => `7767517\n${lines.join('\n')}\n`

t.test('a real .param tells its inputs, outputs, layers and weights', async (t) => {
  const file = fixture('digits8-cnn/model.ncnn.param')
  const { engine, format, inputs, outputs, layers, weights, warnings } = await inspect(file)
  t.equal(engine, 'ncnn')
  t.equal(format, 'ncnn-param')
  t.same(inputs, [{ name: 'in0', shape: null, dtype: 'float32', layout: 'NCHW' }])
  t.same(
    outputs.map(({ name }) => name),
    ['out0'],
  )
  t.equal(layers.length, 9)
  t.same(layers[1], { type: 'Convolution', name: 'convrelu_0', inputs: ['in0'], outputs: ['1'] })
  t.same(weights, { file: fixture('digits8-cnn/model.ncnn.bin'), bytes: 101824 })
  t.same(warnings, [])
})

t.test('the shape of an Input is read in NumPy order, from its size or from hints', async (t) => {
  const shapeOf = async (params: string) => {
    const file = join(t.testdir({ 'net.param': param('1 1', `Input data 0 1 data ${params}`) }), 'net.param')
    return (await inspect(file)).inputs[0]?.shape
  }
  t.same(await shapeOf('0=224 1=192 2=3'), [3, 192, 224], 'w h c')
  t.same(await shapeOf('0=8 1=7 2=5 11=6'), [5, 6, 7, 8], 'w h c d')
  t.same(await shapeOf('0=10 1=4'), [4, 10], 'w h')
  t.same(await shapeOf('0=10'), [10], 'w')
  t.same(await shapeOf('2=3'), [3, -1, -1], 'only channels are fixed')
  t.equal(await shapeOf(''), null, 'nothing is fixed')
  t.same(await shapeOf('-23330=4,3,224,192,3'), [3, 192, 224], 'old hint of three dimensions')
  t.same(await shapeOf('30=4,8,7,6,5'), [5, 6, 7, 8], 'new hint of four dimensions')
})

t.test('every blob that nothing reads is an output', async (t) => {
  const text = param('3 4', 'Input in 0 1 a', 'Split s 1 2 a b c', 'ReLU r 1 1 b d')
  const file = join(t.testdir({ 'net.param': text }), 'net.param')
  t.same(
    (await inspect(file)).outputs.map(({ name }) => name),
    ['c', 'd'],
  )
})

t.test('parameters are read in the old and the new notation', async (t) => {
  const line = 'Input in 0 1 a 0=3 1=0.5 -23302=2,1,2 3=4,5, 4=6, 5="two words" 6=name 7=-1.5e-3,2.5 -23308=0'
  const [layer] = parseParam(param('1 1', line), 'net.param', true).layers
  t.same(Object.fromEntries(layer!.params!), {
    0: { kind: 'int', value: 3 },
    1: { kind: 'float', value: 0.5 },
    2: { kind: 'ints', value: [1, 2] },
    3: { kind: 'ints', value: [4, 5] },
    4: { kind: 'ints', value: [6] },
    5: { kind: 'string', value: 'two words' },
    6: { kind: 'string', value: 'name' },
    7: { kind: 'floats', value: [-0.0015, 2.5] },
    8: { kind: 'ints', value: [] },
  })
})

t.test('Windows line ends and blank lines are accepted', async (t) => {
  const text = '7767517\r\n1 1\r\nInput in 0 1 a 0=3\r\n\r\n'
  t.equal(parseParam(text, 'net.param', true).layers[0]?.params?.get(0)?.value, 3)
})

t.test(
  'missing weights, spare blobs and repeated blobs are warnings, as ncnn parses such files',
  async (t) => {
    const folder = t.testdir({ 'net.param': param('2 5', 'Input in 0 1 a', 'ReLU r 1 1 a a') })
    const { warnings, weights } = await inspect(join(folder, 'net.param'))
    t.equal(weights, undefined)
    t.match(warnings.join('\n'), /no weights beside it: .*net\.bin/)
    t.match(warnings.join('\n'), /declares 5 blobs, the layers produce 1/)
    t.match(warnings.join('\n'), /more than one layer produces blob 'a'/)
    writeFileSync(join(folder, 'net.bin'), new Uint8Array(12))
    t.equal((await inspect(join(folder, 'net.param'))).weights?.bytes, 12)
  },
)

t.test('a file of any name is recognised by its content', async (t) => {
  const folder = t.testdir({ net: param('1 1', 'Input in 0 1 a') })
  t.equal((await inspect(join(folder, 'net'))).engine, 'ncnn')
})
