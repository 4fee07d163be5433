import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { OutputFile } from '../dist/cli/output/OutputFile.js'

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
