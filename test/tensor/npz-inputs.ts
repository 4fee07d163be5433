import { join } from 'node:path'
import t from 'tap'
import { parseInputSpec, readInputs } from '../../dist/cli/inputs/readInputs.js'
import { writeNpz } from '../../dist/tensor/npz/writeNpz.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

const tensor = (value: number) => new Tensor(Float32Array.of(value), [1])

t.test('-i takes all arrays of a .npz, each for the input of its name', async (t) => {
  const file = join(t.testdir(), 'in.npz')
  await writeNpz(file, { image: tensor(1), mask: tensor(2) })
  const inputs = await readInputs([file])
  t.same(
    inputs.map(({ name, file, tensor }) => [name, file, tensor.data[0]]),
    [
      ['image', `${file}:image`, 1],
      ['mask', `${file}:mask`, 2],
    ],
  )
})

t.test('arrays that NumPy had to name are taken in order', async (t) => {
  const file = join(t.testdir(), 'in.npz')
  await writeNpz(file, { arr_0: tensor(1), arr_1: tensor(2) })
  const inputs = await readInputs([file])
  t.same(
    inputs.map(({ name, tensor }) => [name, tensor.data[0]]),
    [
      [undefined, 1],
      [undefined, 2],
    ],
  )
})

t.test('one array is named after a colon, or is the only one, or the one of the name', async (t) => {
  const folder = t.testdir()
  const [one, two] = [join(folder, 'one.npz'), join(folder, 'two.npz')]
  await writeNpz(one, { x: tensor(1) })
  await writeNpz(two, { x: tensor(2), 'ab:c=d': tensor(3) })
  const values = async (spec: string) =>
    (await readInputs([spec])).map(({ name, tensor }) => [name, tensor.data[0]])
  t.same(await values(`data=${two}:x`), [['data', 2]])
  t.same(await values(`${two}:ab:c=d`), [[undefined, 3]])
  t.same(await values(`data=${one}`), [['data', 1]])
  t.same(await values(`x=${two}`), [['x', 2]])
  await t.rejects(readInputs([`data=${two}`]), { code: 'TWINFER_INVALID_ARGUMENT', help: /ab:c=d/ })
})

t.test('names, files and arrays are told apart, whatever characters they hold', (t) => {
  const parse = (text: string, ...files: string[]) => parseInputSpec(text, (file) => files.includes(file))
  t.same(parse('x=a.npz:m', 'a.npz'), { name: 'x', file: 'a.npz', member: 'm' })
  t.same(parse('a.npz:m', 'a.npz'), { file: 'a.npz', member: 'm' })
  t.same(parse('a.npz:m', 'a.npz:m'), { file: 'a.npz:m' })
  t.same(parse('C:\\d\\a.NPZ:m', 'C:\\d\\a.NPZ'), { file: 'C:\\d\\a.NPZ', member: 'm' })
  t.same(parse('scope/x:0=a.npz:m', 'a.npz'), { name: 'scope/x:0', file: 'a.npz', member: 'm' })
  t.same(parse('x=missing.npz:m'), { name: 'x', file: 'missing.npz', member: 'm' })
  t.same(parse('x=a.npy', 'a.npy'), { name: 'x', file: 'a.npy' })
  t.end()
})
