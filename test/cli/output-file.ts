import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { OutputFile } from '../../dist/cli/output/OutputFile.js'
import { record } from '../../dist/compare.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { writeNpz } from '../../dist/tensor/npz/writeNpz.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { fixture } from '../helpers/fixtures.js'

t.test('a file is written whole, over one that was there', async (t) => {
  const folder = t.testdir({ 'out.csv': 'old' })
  const file = await OutputFile.at(join(folder, 'out.csv'))
  t.equal(readFileSync(join(folder, 'out.csv'), 'utf8'), 'old', 'untouched until then')
  await file.write('new')
  t.equal(readFileSync(join(folder, 'out.csv'), 'utf8'), 'new')
  t.strictSame(readdirSync(folder), ['out.csv'])
})

t.test('trying a path leaves nothing behind', async (t) => {
  const folder = t.testdir()
  await OutputFile.at(join(folder, 'out.csv'))
  t.strictSame(readdirSync(folder), [])
})

t.test('a symbolic link stays one, and its file is written', async (t) => {
  const folder = t.testdir({ real: { 'out.csv': '' } })
  symlinkSync(join(folder, 'real/out.csv'), join(folder, 'link.csv'))
  await (await OutputFile.at(join(folder, 'link.csv'))).write('text')
  t.equal(readFileSync(join(folder, 'real/out.csv'), 'utf8'), 'text')
})

t.test('what cannot be written is refused at once', async (t) => {
  const folder = t.testdir({ taken: {}, file: '' })
  const cases = [
    [join(folder, 'no/such/out.csv'), 'TWINFER_FILE_NOT_FOUND'],
    [join(folder, 'file/out.csv'), 'TWINFER_FILE_NOT_FOUND'],
    [join(folder, 'taken'), 'TWINFER_FILE_UNREADABLE'],
    ['/dev/null', 'TWINFER_FILE_UNREADABLE'],
  ] as const
  for (const [path, code] of cases)
    await t.rejects(OutputFile.at(path), { code, message: /^cannot write / }, path)
})

t.test('a file that cannot be written after all is a typed error, and nothing is left', async (t) => {
  const folder = t.testdir({ out: {} })
  const file = await OutputFile.at(join(folder, 'out/file.csv'))
  mkdirSync(join(folder, 'out/file.csv'))
  writeFileSync(join(folder, 'out/file.csv/x'), '')
  await t.rejects(file.write('text'), { code: 'TWINFER_FILE_UNREADABLE' })
  t.strictSame(readdirSync(join(folder, 'out')), ['file.csv'])
})

t.test('a file that is read-only stays as it is, and any other keeps its mode', async (t) => {
  const tensor = new Tensor(Float32Array.of(1, 2), [2])
  const model = fixture('digits8-cnn/model.mnn')
  const inputs = await readNpy(fixture('digits8-cnn/input.npy'))
  const writers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    'a report': async (path) => (await OutputFile.at(path)).write('new'),
    writeNpy: (path) => writeNpy(path, tensor),
    writeNpz: (path) => writeNpz(path, { a: tensor }),
    record: (file) => record(model, { file, inputs, repeat: 1 }),
  }
  for (const [name, write] of Object.entries(writers)) {
    const folder = t.testdir({ protected: 'old', open: 'old' })
    chmodSync(join(folder, 'protected'), 0o444)
    const code = 'TWINFER_FILE_UNREADABLE'
    await t.rejects(write(join(folder, 'protected')), { code, message: /it is read-only$/ }, name)
    t.equal(readFileSync(join(folder, 'protected'), 'utf8'), 'old', name)
    chmodSync(join(folder, 'open'), 0o640)
    await write(join(folder, 'open'))
    t.not(readFileSync(join(folder, 'open'), 'utf8'), 'old', name)
    t.equal(statSync(join(folder, 'open')).mode & 0o777, 0o640, name)
    t.strictSame(readdirSync(folder), ['open', 'protected'], name)
  }
})

t.test('an archive goes through a symbolic link, and never in place of a pipe', async (t) => {
  const folder = t.testdir({ real: { 'out.npz': '' } })
  symlinkSync(join(folder, 'real/out.npz'), join(folder, 'link.npz'))
  const tensors = { a: new Tensor(Float32Array.of(1, 2), [2]) }
  await writeNpz(join(folder, 'link.npz'), tensors)
  t.ok(statSync(join(folder, 'real/out.npz')).size > 0)
  t.ok(lstatSync(join(folder, 'link.npz')).isSymbolicLink())
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await t.rejects(writeNpz(join(folder, 'pipe'), tensors), { code: 'TWINFER_FILE_UNREADABLE' })
  t.ok(lstatSync(join(folder, 'pipe')).isFIFO())
})
