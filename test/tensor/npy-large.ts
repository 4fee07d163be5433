import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, statfsSync, writeSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { FortranScatter } from '../../dist/tensor/npy/NpyDataBuilder.js'
import { formatHeader } from '../../dist/tensor/npy/writeNpy.js'
import { npyBytes, npyDict } from '../helpers/npyBytes.js'
import { isSanitized, patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

const gigabyte = 2 ** 30

// On a busy machine gigabytes take their time.
t.setTimeout(patience * 600_000)

interface Report {
  readonly code?: string
  readonly message?: string
  readonly length: number
  readonly last: number
  readonly rss: number
}

/** Reads a file in a process of its own, as memory is what is asked about. */
function readElsewhere(file: string): Report {
  const script = `
    const { readNpy } = await import(${JSON.stringify(projectPath('dist/npy.js'))})
    const { code, message, data } = await readNpy(${JSON.stringify(file)}).catch((error) => error)
    const { maxRSS } = process.resourceUsage()
    console.log(JSON.stringify({ code, message, length: data?.length, last: data?.at(-1), rss: maxRSS * 1024 }))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return JSON.parse(stdout)
}

/** A file of zeros that takes no room, with `last` as its last bytes. */
function sparseFile(t: Test, header: Uint8Array, bytes: number, last: Uint8Array): string {
  const file = join(t.testdir(), 'large.npy')
  const descriptor = openSync(file, 'w')
  writeSync(descriptor, header)
  ftruncateSync(descriptor, header.length + bytes)
  writeSync(descriptor, last, 0, last.length, header.length + bytes - last.length)
  closeSync(descriptor)
  return file
}

/** Why the test cannot run here, or false. */
function lacking(bytes: number): string | false {
  if (isSanitized) return 'a sanitizer keeps freed memory'
  if (freemem() < 2 * bytes) return `needs ${2 * bytes} bytes of free memory`
  const { bavail, bsize } = statfsSync(projectPath('.'))
  return bavail * bsize < gigabyte ? 'needs 1 GB of disk' : false
}

const large = 3 * gigabyte

t.test('3 GB are read, with the data in memory once', { skip: lacking(large) }, async (t) => {
  const file = sparseFile(
    t,
    formatHeader('float32', [3, large / 12]),
    large,
    new Uint8Array([0, 0, 0x80, 0x3f]),
  )
  const { length, last, rss } = readElsewhere(file)
  t.equal(length, large / 4)
  t.equal(last, 1)
  t.ok(rss < large + 200 * 2 ** 20, `${rss} bytes`)
})

const half = gigabyte / 4

t.test('Fortran order and foreign byte order take no second copy', { skip: lacking(half) }, async (t) => {
  const header = npyBytes(npyDict('>f4', `(4, ${half / 16})`, true), new Uint8Array(0))
  const { length, last, rss } = readElsewhere(sparseFile(t, header, half, new Uint8Array([0x3f, 0x80, 0, 0])))
  t.equal(length, half / 4)
  t.equal(last, 1)
  t.ok(rss < half + 150 * 2 ** 20, `${rss} bytes`)
})

t.test('more than the machine has is refused before the system ends the process', async (t) => {
  const bytes = 2 ** 42
  const file = sparseFile(t, formatHeader('float32', [bytes / 4]), bytes, new Uint8Array(4))
  const { code, message, rss } = readElsewhere(file)
  t.equal(code, 'TWINFER_OUT_OF_MEMORY')
  t.match(message, /4398046511104 bytes, with \d+ available/)
  // A sanitizer's own memory comes on top.
  if (!isSanitized) t.ok(rss < 200 * 2 ** 20)
})

t.test('Fortran order is put right whatever the pieces that it comes in', (t) => {
  const shape = [2, 3, 4]
  const expected = Int32Array.from({ length: 24 }, (_, i) => i)
  const fortran = new Int32Array(24)
  for (let i = 0; i < 24; i++) {
    const [a, b, c] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4]
    fortran[a + 2 * (b + 3 * c)] = i
  }
  for (let piece = 1; piece <= 24; piece++) {
    const target = new Int32Array(24)
    const scatter = new FortranScatter(target, shape)
    for (let at = 0; at < 24; at += piece) scatter.write(fortran.subarray(at, at + piece))
    t.strictSame(target, expected, `pieces of ${piece}`)
  }
  t.end()
})
