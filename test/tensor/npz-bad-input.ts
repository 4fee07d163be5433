import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { formatNpy } from '../../dist/tensor/npy/writeNpy.js'
import { Npz, readNpz } from '../../dist/tensor/npz/Npz.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { fixture } from '../helpers/fixtures.js'
import { npyBytes, npyDict } from '../helpers/npyBytes.js'
import { projectPath } from '../helpers/projectPath.js'
import { type ZipEntry, zipBytes } from '../helpers/zipBytes.js'

const array = formatNpy(new Tensor(Float32Array.of(1, 2, 3), [3]))
const whole = { name: 'a.npy', content: array } as const

function fileOf(t: Test, ...entries: ZipEntry[]): string {
  const file = join(t.testdir(), 'x.npz')
  writeFileSync(file, zipBytes(entries))
  return file
}

type Refusal = readonly [what: string, code: string, message: RegExp, ...entries: ZipEntry[]]

const refusals: readonly Refusal[] = [
  ['a name twice', 'TWINFER_ARCHIVE_INVALID', /two members named a\.npy/, whole, whole],
  [
    'a path that leaves the folder',
    'TWINFER_ARCHIVE_INVALID',
    /invalid relative path/,
    { ...whole, name: '../a.npy' },
  ],
  ['an absolute path', 'TWINFER_ARCHIVE_INVALID', /absolute path/, { ...whole, name: '/etc/a.npy' }],
  ['a wrong checksum', 'TWINFER_ARCHIVE_INVALID', /expected CRC 00000001/, { ...whole, says: { crc: 1 } }],
  ['an encrypted member', 'TWINFER_ARCHIVE_INVALID', /encrypted/, { ...whole, says: { flags: 1 } }],
  ['another compression', 'TWINFER_ARCHIVE_INVALID', /method 14/, { ...whole, says: { method: 14 } }],
  [
    'a member that unpacks to more than it says',
    'TWINFER_ARCHIVE_INVALID',
    /damaged: too many bytes/,
    { ...whole, deflate: true, says: { size: 20 } },
  ],
  [
    'a member that unpacks to less than it says',
    'TWINFER_ARCHIVE_INVALID',
    /damaged: not enough bytes/,
    { ...whole, deflate: true, says: { size: 4000 } },
  ],
  [
    'deflate that is none',
    'TWINFER_ARCHIVE_INVALID',
    /damaged/,
    { name: 'a.npy', content: array, says: { method: 8 } },
  ],
  [
    'members that overlap',
    'TWINFER_ARCHIVE_INVALID',
    /overlap/,
    { name: 'a.npy', content: new Uint8Array(10_000) },
    ...[1, 2, 3].map((n) => ({
      name: `${n}.npy`,
      content: new Uint8Array(10_000),
      says: { dataOf: 'a.npy' },
    })),
  ],
  [
    'an array of a size that nothing this small unpacks to',
    'TWINFER_LIMIT_EXCEEDED',
    /200 times/,
    { ...whole, deflate: true, says: { size: 2 ** 31 } },
  ],
  [
    'a member that is no array',
    'TWINFER_ARCHIVE_INVALID',
    /note\.txt/,
    whole,
    { name: 'note.txt', content: array },
  ],
  [
    'an array that is damaged inside',
    'TWINFER_NPY_INVALID',
    /not a \.npy/,
    { ...whole, content: Buffer.from('text') },
  ],
  [
    'an array of more bytes than its header says',
    'TWINFER_NPY_INVALID',
    /too many/,
    { ...whole, content: Buffer.concat([array, array]) },
  ],
  [
    'an array that claims to be larger than its member',
    'TWINFER_NPY_INVALID',
    /truncated/,
    { ...whole, content: npyBytes(npyDict('<f4', '(1000000000000,)'), new Uint8Array(4)) },
  ],
]

for (const [what, code, message, ...entries] of refusals) {
  t.test(`refused: ${what}`, async (t) => {
    await t.rejects(readNpz(fileOf(t, ...entries)), { code, message })
  })
}

t.test('a file cut short anywhere is refused', async (t) => {
  const bytes = readFileSync(fixture('npz/savez.npz'))
  const file = join(t.testdir(), 'cut.npz')
  for (let length = 0; length < bytes.length; length += 7) {
    writeFileSync(file, bytes.subarray(0, length))
    await t.rejects(readNpz(file), { code: 'TWINFER_ARCHIVE_INVALID' }, `${length} bytes`)
  }
})

t.test('no flipped byte crashes: the arrays are read right, or an error says what is wrong', async (t) => {
  const bytes = readFileSync(fixture('npz/savez_compressed.npz'))
  const file = join(t.testdir(), 'flipped.npz')
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes)
    flipped[at]! ^= 0xff
    writeFileSync(file, flipped)
    const error = await readNpz(file).then(
      () => undefined,
      (caught) => caught as { readonly name: string },
    )
    if (error && error.name !== 'TwinferError') t.fail(`byte ${at}: ${error}`)
  }
})

t.test('other members do no harm where arrays are read by name', async (t) => {
  const npz = await Npz.open(fileOf(t, whole, { name: 'note.txt', content: Buffer.from('hello') }))
  t.teardown(() => npz.close())
  t.same([npz.names, npz.others], [['a'], ['note.txt']])
  t.equal((await npz.read('a')).length, 3)
})

t.test('limits are for the caller to set', async (t) => {
  const file = fileOf(t, whole, { ...whole, name: 'b.npy' })
  const code = 'TWINFER_LIMIT_EXCEEDED'
  await t.rejects(readNpz(file, { members: 1 }), { code, message: /at most 1 members, received 2/ })
  await t.rejects(readNpz(file, { bytes: 100 }), { code, message: /at most 100 unpacked bytes/ })
  t.equal((await readNpz(file, { bytes: 1000 })).size, 2)
})

t.test('a folder, nothing, and a file of another kind are told apart', async (t) => {
  const folder = t.testdir({ 'model.npz': 'ncnn', 'inputs.npz': '' })
  await t.rejects(readNpz(folder), { code: 'TWINFER_FILE_UNREADABLE' })
  await t.rejects(readNpz(join(folder, 'input.npz')), { code: 'TWINFER_FILE_NOT_FOUND', help: /inputs\.npz/ })
  await t.rejects(readNpz(join(folder, 'model.npz')), {
    code: 'TWINFER_ARCHIVE_INVALID',
    message: /not a whole zip/,
  })
})

t.test('a bomb is refused in little memory, its directory or its data aside', (t) => {
  // 64 MB of zeros say that they are 1 kB, and those that say what they are unpack past the limit given.
  const content = new Uint8Array(2 ** 26)
  const bomb = join(t.testdir(), 'bomb.npz')
  writeFileSync(bomb, zipBytes([{ name: 'a.npy', content, deflate: true, says: { size: 1024 } }]))
  const script = `
    const { readNpz } = await import(${JSON.stringify(projectPath('dist/npy.js'))})
    const before = process.resourceUsage().maxRSS
    const { code } = await readNpz(${JSON.stringify(bomb)}).catch((error) => error)
    console.log(JSON.stringify({ code, grownKb: process.resourceUsage().maxRSS - before }))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  const { code, grownKb } = JSON.parse(stdout)
  t.equal(code, 'TWINFER_ARCHIVE_INVALID')
  t.ok(grownKb < 32_000, `${grownKb} kB`)
  t.end()
})
