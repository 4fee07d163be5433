import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { ZipFile } from 'yazl'
import { readRecordedOutputs } from '../../dist/cli/compare/obtainReference.js'
import { formatNpy, writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { Npz, readNpz } from '../../dist/tensor/npz/Npz.js'
import { writeNpz } from '../../dist/tensor/npz/writeNpz.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { fixture } from '../helpers/fixtures.js'

t.test('what numpy.savez wrote is read: names with folders, Fortran order, big-endian values', async (t) => {
  const arrays = await readNpz(fixture('npz/savez.npz'))
  t.same([...arrays.keys()].sort(), ['__proto__', 'arr_0', 'block/conv:0', 'weights'])
  t.match(arrays.get('arr_0'), { dtype: 'int32', shape: [3], data: Int32Array.of(0, 1, 2) })
  const values = Float32Array.of(0, 1, 2, 3, 4, 5)
  for (const name of ['weights', 'block/conv:0']) {
    t.strictSame(arrays.get(name)?.data, values, name)
    t.same(arrays.get(name)?.shape, [2, 3])
  }
  t.match(arrays.get('__proto__'), { dtype: 'float64', shape: [] })
})

t.test('what numpy.savez_compressed wrote is read', async (t) => {
  const arrays = await readNpz(fixture('npz/savez_compressed.npz'))
  t.equal(arrays.get('zeros')?.length, 10_000)
  t.match(arrays.get('odd'), { dtype: 'float16', data: Uint16Array.of(0x3c00, 0x4000, 0x4200) })
})

t.test('zip64 is read: what NumPy writes for arrays beyond 4 GB', async (t) => {
  const file = join(t.testdir(), 'zip64.npz')
  const zip = new ZipFile()
  const content = formatNpy(new Tensor(Float32Array.of(1, 2), [2]))
  const stream = (give: (error: null, stream: Readable) => void) => give(null, Readable.from([content]))
  zip.addReadStreamLazy('a.npy', { forceZip64Format: true }, stream as never)
  zip.end({ forceZip64Format: true } as never)
  await pipeline(zip.outputStream, createWriteStream(file))
  t.strictSame((await readNpz(file)).get('a')?.data, Float32Array.of(1, 2))
})

t.test('one array is read by name, in any order, more than once', async (t) => {
  const npz = await Npz.open(fixture('npz/savez.npz'))
  t.teardown(() => npz.close())
  t.equal((await npz.read('weights')).length, 6)
  t.equal((await npz.read('arr_0')).length, 3)
  t.equal((await npz.read('weights')).length, 6)
  await t.rejects(npz.read('weihgts'), { code: 'TWINFER_INVALID_ARGUMENT', help: /'weights'/ })
})

t.test('tensors of every kind come back from a written file, compressed or not', async (t) => {
  const tensors = {
    scalar: new Tensor(Float32Array.of(3), []),
    'deep/er': new Tensor(BigInt64Array.of(-1n, 2n), [1, 2]),
    empty: new Tensor(new Float32Array(0), [0, 3]),
    half: new Tensor(Uint16Array.of(0x3c00), [1], { dtype: 'float16' }),
    ['__proto__']: new Tensor(Uint8Array.of(1, 0), [2], { dtype: 'bool' }),
    // More than the first pieces that hold the header.
    large: new Tensor(Float64Array.from({ length: 100_000 }, Math.sqrt), [100, 1000]),
  }
  for (const compress of [false, true]) {
    const file = join(t.testdir(), 'tensors.npz')
    await writeNpz(file, tensors, { compress })
    const read = await readNpz(file)
    t.same([...read.keys()], Object.keys(tensors))
    for (const [name, tensor] of Object.entries(tensors)) t.strictSame(read.get(name), tensor, name)
  }
})

t.test('a name that would leave the archive is not written, nor half a file', async (t) => {
  const folder = t.testdir()
  const tensor = new Tensor(Float32Array.of(1), [1])
  for (const name of ['', '../up', '/root', 'C:x', 'a\\b']) {
    const written = writeNpz(join(folder, 'x.npz'), { [name]: tensor })
    await t.rejects(written, { code: 'TWINFER_INVALID_ARGUMENT' }, JSON.stringify(name))
  }
  const missing = writeNpz(join(folder, 'nosuch', 'x.npz'), { tensor })
  await t.rejects(missing, { code: 'TWINFER_FILE_NOT_FOUND' })
})

t.test('recorded outputs have the names that a .npz gives them, or one of their own', async (t) => {
  const folder = t.testdir()
  const tensor = new Tensor(Float32Array.of(1), [1])
  await writeNpz(join(folder, 'o.npz'), { prob: tensor, ['__proto__']: tensor })
  await writeNpy(join(folder, 'o.npy'), tensor)
  t.same(Object.keys(await readRecordedOutputs(join(folder, 'o.npz'))), ['prob', '__proto__'])
  t.same(Object.keys(await readRecordedOutputs(join(folder, 'o.npy'))), ['output'])
})
