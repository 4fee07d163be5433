import { execFileSync } from 'node:child_process'
import { chmod, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseNpy, readInto, readNpy } from '../../dist/tensor/npy/readNpy.js'
import { fixture } from '../helpers/fixtures.js'
import { npyBytes, npyDict } from '../helpers/npyBytes.js'
import { seededRandom } from '../helpers/seededRandom.js'

const invalid = (message: RegExp) => ({ name: 'TwinferError', code: 'TWINFER_NPY_INVALID', message })
const four = new Uint8Array(4)

t.test('a file that is something else is named by what it looks like', (t) => {
  const cases: [content: string, looks: RegExp][] = [
    ['PK\x03\x04rest of a zip', /a zip archive; an \.npz/],
    ['\x89PNG\r\n\x1a\n0000', /a PNG image/],
    ['\xff\xd8\xff\xe0JFIF0000', /a JPEG image/],
    ['\x08\x09\x12\x07pytorch\x1a', /an ONNX model/],
    ['7767517\n12 12\n', /text: "7767517/],
    ['version https://git-lfs.github.com/spec/v1\n', /a Git LFS pointer/],
    ['\x80\x04\x95\x00\x00\x00', /a Python pickle/],
    ['\x00\x01\x02\x03\x04\x05\x06\x07', /received bytes 000102030405/],
    ['', /an empty file/],
  ]
  for (const [content, looks] of cases) {
    t.throws(() => parseNpy(new Uint8Array(Buffer.from(content, 'latin1')), 'in.npy'), invalid(looks))
    t.throws(
      () => parseNpy(new Uint8Array(Buffer.from(content, 'latin1')), 'in.npy'),
      invalid(/^in\.npy: not a \.npy/),
    )
  }
  t.end()
})

t.test('a real ONNX file is recognised', async (t) => {
  await t.rejects(readNpy(fixture('digits8-cnn/model.onnx')), invalid(/an ONNX model/))
})

t.test('an unknown format version is refused', (t) => {
  const bytes = npyBytes(npyDict('<f4', '(1,)'), four)
  bytes[6] = 4
  t.throws(() => parseNpy(bytes), invalid(/expected \.npy format version 1\.0, 2\.0 or 3\.0, received 4\.0/))
  t.end()
})

t.test('missing and extra bytes are refused with both sizes', (t) => {
  const whole = npyBytes(npyDict('<f4', '(2, 3)'), new Uint8Array(24))
  const sizes = (received: number) =>
    new RegExp(`expected ${whole.length} bytes for float32 of shape \\(2, 3\\), received ${received}`)
  t.throws(() => parseNpy(whole.subarray(0, -1)), invalid(/truncated/))
  t.throws(() => parseNpy(whole.subarray(0, -1)), invalid(sizes(whole.length - 1)))
  const longer = new Uint8Array(whole.length + 1)
  longer.set(whole)
  t.throws(() => parseNpy(longer), invalid(/1 bytes too many/))
  t.throws(() => parseNpy(longer), invalid(sizes(whole.length + 1)))
  t.end()
})

t.test('a file cut anywhere is refused, never read', (t) => {
  const whole = npyBytes(npyDict('<f4', '(2,)'), new Uint8Array(8), { version: 2 })
  for (let length = 0; length < whole.length; length++) {
    t.throws(() => parseNpy(whole.subarray(0, length)), { code: 'TWINFER_NPY_INVALID' }, `cut at ${length}`)
  }
  t.end()
})

t.test('a header length beyond the file is refused before it is allocated', async (t) => {
  const bytes = npyBytes(npyDict('<f4', '(1,)'), four, { version: 2, length: 2 ** 32 - 1 })
  t.throws(() => parseNpy(bytes), invalid(/expected a header of 4294967295 bytes, received a file of/))
  const file = join(t.testdir({}), 'a.npy')
  await writeFile(file, bytes)
  const before = process.memoryUsage().arrayBuffers
  await t.rejects(readNpy(file), invalid(/truncated/))
  t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 24)
  // The file is as long as it claims, but a hole: still nothing to allocate gigabytes for.
  await truncate(file, 2 ** 33)
  await t.rejects(readNpy(file), invalid(/expected a header of at most 65536 bytes, received 4294967295/))
})

t.test('a shape beyond the file is refused before it is allocated', async (t) => {
  const file = join(t.testdir({}), 'a.npy')
  await writeFile(file, npyBytes(npyDict('<f4', '(1000000, 1000000)'), four))
  await t.rejects(readNpy(file), invalid(/truncated: expected 4000000000\d+ bytes/))
})

t.test('dimensions that are negative, too large, too many or no numbers are refused', (t) => {
  const shape = (text: string) => () => parseNpy(npyBytes(npyDict('<f4', text), four))
  t.throws(shape('(-1,)'), invalid(/dimensions to be whole numbers >= 0 below 2\^53, received -1/))
  t.throws(shape('(9007199254740993,)'), invalid(/below 2\^53/))
  t.throws(shape('(4294967296, 4294967296)'), invalid(/fewer than 2\^53 bytes/))
  t.throws(shape('(4294967296, 4294967296, 0)'), invalid(/fewer than 2\^53 bytes/), 'a 0 hides no overflow')
  t.throws(shape('(True,)'), invalid(/received true/))
  t.throws(shape("('1',)"), invalid(/received 1/))
  t.throws(shape('(None,)'), invalid(/received null/))
  t.throws(shape('((1,),)'), invalid(/received a tuple/))
  t.throws(shape('(1)'), invalid(/expected shape to be a tuple such as \(1, 10\), received 1/))
  t.throws(shape('[1]'), invalid(/received a list/))
  t.throws(shape(`(${'1, '.repeat(65)})`), invalid(/at most 64 dimensions, received 65/))
  t.end()
})

t.test('element types of no use are refused by name', (t) => {
  const descr = (text: string) => () => parseNpy(npyBytes(npyDict(text, '(1,)'), four))
  t.throws(descr('|O'), invalid(/Python objects \(a pickle\)/))
  t.throws(descr('<c8'), invalid(/complex numbers/))
  t.throws(descr('<U1'), invalid(/text/))
  t.throws(descr('|V2'), invalid(/bfloat16/))
  t.throws(descr('<M8[ns]'), invalid(/dates/))
  t.throws(descr('<f16'), invalid(/"<f16"/))
  t.throws(descr('<i3'), invalid(/"<i3"/))
  t.throws(descr(''), invalid(/received dtype ""/))
  t.throws(descr('toString'), invalid(/received dtype "toString"/))
  const structured = `{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (1,), }`
  t.throws(() => parseNpy(npyBytes(structured, four)), invalid(/a structured dtype/))
  t.end()
})

t.test('headers that are no such dict are refused with the place', (t) => {
  const good = npyDict('<f4', '(1,)')
  const cases: [header: string, message: RegExp][] = [
    ['', /expected a value at character 1, received its end/],
    ['[]', /expected a dict/],
    ['{}', /expected the keys descr, fortran_order, shape, received none/],
    [`${good} x`, /expected the end of the header at character \d+, received "x/],
    [good.slice(0, -1), /received its end/],
    [good.replace('False', 'false'), /expected a value at character/],
    [good.replace('False', '0'), /fortran_order to be True or False, received 0/],
    [good.replace("'descr'", 'descr'), /expected a key in quotes/],
    [good.replace("'<f4'", "'<f4"), /expected/],
    [good.replace("'<f4'", "'\\x3cf4'"), /without escapes/],
    [good.replace("'<f4'", "__import__('os')"), /expected a value|expected ','/],
    [good.replace('(1,)', '(1 2)'), /expected ',' or '\)'/],
    [good.replace('(1,)', '(,)'), /expected a value/],
    [good.replace('(1,)', '(1.0,)'), /expected/],
    [good.replace('(1,)', '(1e3,)'), /expected a value/],
    [good.replace('(1,)', '(0x1,)'), /expected a value/],
    [good.replace("'shape'", "'descr'"), /received 'descr' twice/],
    [good.replace('}', "'more': 1, }"), /received descr, fortran_order, more, shape/],
    [good.replace('(1,)', '('.repeat(10000)), /at most 16 levels of nesting/],
    [good.replace('(1,)', 'toString'), /expected a value/],
  ]
  for (const [header, message] of cases) {
    t.throws(() => parseNpy(npyBytes(header, four)), invalid(message), header.slice(0, 90))
  }
  t.end()
})

t.test('random damage gives a tensor or a typed error, nothing else', (t) => {
  const random = seededRandom(11)
  const whole = npyBytes(npyDict('<f4', '(2, 3)'), new Uint8Array(24))
  let refused = 0
  for (let round = 0; round < 3000; round++) {
    const damaged = whole.slice()
    for (let k = 0; k < 1 + (round % 3); k++)
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256)
    try {
      parseNpy(damaged)
    } catch (error) {
      refused++
      if ((error as { code?: string }).code !== 'TWINFER_NPY_INVALID') throw error
    }
  }
  t.ok(refused > 1000 && refused < 3000, `${refused} of 3000 refused`)
  t.end()
})

t.test('a missing file is answered with one of a similar name', async (t) => {
  const folder = t.testdir({ 'input.npy': '', 'quite-another-thing.bin': '' })
  await t.rejects(readNpy(join(folder, 'imput.npy')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /Did you mean .*input\.npy\?/,
  })
  await t.rejects(readNpy(join(folder, 'Input.NPY')), { code: 'TWINFER_FILE_NOT_FOUND', help: /input\.npy/ })
  await t.rejects(readNpy(join(folder, 'zzz')), { code: 'TWINFER_FILE_NOT_FOUND', help: /^Check the path/ })
  await t.rejects(readNpy(join(folder, 'none/a.npy')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /^Check the path/,
  })
  await t.rejects(readNpy(join(folder, 'input.npy/a.npy')), { code: 'TWINFER_FILE_NOT_FOUND' })
})

t.test('folders, pipes, devices and forbidden files are refused and not waited for', async (t) => {
  const folder = t.testdir({ 'secret.npy': 'x' })
  await t.rejects(readNpy(folder), { code: 'TWINFER_FILE_UNREADABLE', message: /received a folder/ })
  await t.rejects(readNpy('a\0b'), { code: 'TWINFER_FILE_UNREADABLE' })
  if (process.platform === 'win32') return
  await t.rejects(readNpy('/dev/zero'), {
    code: 'TWINFER_FILE_UNREADABLE',
    message: /pipe, socket or device/,
  })
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await t.rejects(readNpy(join(folder, 'pipe')), {
    code: 'TWINFER_FILE_UNREADABLE',
    message: /pipe, socket or device/,
  })
  if (process.getuid?.() === 0) return t.comment('root may read everything: no test of permissions')
  await chmod(join(folder, 'secret.npy'), 0)
  await t.rejects(readNpy(join(folder, 'secret.npy')), {
    code: 'TWINFER_FILE_UNREADABLE',
    help: /permissions/,
  })
})

t.test('arguments of the wrong kind are refused', async (t) => {
  for (const bad of [undefined, null, 3, '', {}]) {
    await t.rejects(readNpy(bad as never), { code: 'TWINFER_INVALID_ARGUMENT' })
    t.throws(() => parseNpy(bad as never), { code: 'TWINFER_INVALID_ARGUMENT' })
  }
})

t.test('reads that come back short are continued until the end of the file', async (t) => {
  const source = Uint8Array.from({ length: 100 }, (_, i) => i)
  const lengths: number[] = []
  const read = async (target: Uint8Array, offset: number, length: number, position: number) => {
    lengths.push(length)
    const part = source.subarray(position, position + Math.min(length, 7))
    target.set(part, offset)
    return { bytesRead: part.length, buffer: target }
  }
  const target = new Uint8Array(60)
  t.equal(await readInto({ read } as never, target, 10, 16), 60)
  t.strictSame(target, source.slice(10, 70))
  t.ok(lengths.every((length) => length <= 16))
  t.equal(await readInto({ read } as never, new Uint8Array(60), 90, 16), 10, 'a file that ends early')
})
