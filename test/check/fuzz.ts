import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { weightStorage, workOf } from '../../dist/file/inspect.js'
import { TwinferError } from '../../dist/index.js'
import { fixture } from '../helpers/fixtures.js'
import { seededRandom } from '../helpers/seededRandom.js'

const rounds = 150
const against = fixture('digits8-cnn/model.onnx')

type Random = () => number

/** Damages files `rounds` times; whatever comes out must be a report or a TwinferError. */
async function fuzz(t: Test, damage: (folder: string, random: Random) => string) {
  const folder = t.testdir()
  const random = seededRandom(11)
  let unsound = 0
  for (let round = 0; round < rounds; round++) {
    const path = damage(folder, random)
    const { ok } = await check(path, round % 2 ? { against } : {})
    if (!ok) unsound++
    await workOf(path).catch(requireOurs)
    await weightStorage(path).catch(requireOurs)
  }
  t.ok(unsound > rounds / 4, `${unsound} of ${rounds} were found unsound`)
}

function requireOurs(error: unknown): void {
  if (!(error instanceof TwinferError)) throw error
}

function flipBytes(bytes: Buffer, random: Random, within = bytes.length): Buffer {
  const flips = 1 + Math.floor(random() * 3)
  for (let i = 0; i < flips; i++)
    bytes[Math.floor(random() * Math.min(within, bytes.length))] = random() * 256
  return bytes
}

/** Puts bytes in, takes some out, or cuts the rest off. */
function moveBytes(bytes: Buffer, random: Random, inserted: string): Buffer {
  const at = Math.floor(random() * bytes.length)
  const kind = Math.floor(random() * 3)
  if (kind === 0) return bytes.subarray(0, at)
  const rest = bytes.subarray(at + (kind === 1 ? 1 + Math.floor(random() * 20) : 0))
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(kind === 1 ? '' : inserted), rest])
}

t.test('a damaged .param never gets past check', async (t) => {
  await fuzz(t, (folder, random) => {
    const text = readFileSync(fixture('digits8-cnn/model.ncnn.param'))
    const digits = String(Math.floor(10 ** (random() * 18)))
    const path = join(folder, 'net.param')
    writeFileSync(path, random() < 0.5 ? flipBytes(text, random) : moveBytes(text, random, digits))
    writeFileSync(join(folder, 'net.bin'), readFileSync(fixture('digits8-cnn/model.ncnn.bin')))
    return path
  })
})

t.test('a damaged .bin never gets past check', async (t) => {
  await fuzz(t, (folder, random) => {
    const weights = readFileSync(fixture('digits8-cnn/model_fp16.ncnn.bin'))
    const path = join(folder, 'net.param')
    writeFileSync(path, readFileSync(fixture('digits8-cnn/model_fp16.ncnn.param')))
    writeFileSync(
      join(folder, 'net.bin'),
      random() < 0.2 ? flipBytes(weights, random) : moveBytes(weights, random, 'abcd'),
    )
    return path
  })
})

for (const file of ['digits8-cnn/model.mnn', 'digits8-cnn/model_w8.mnn', 'tiny-lstm/if.mnn']) {
  t.test(`a damaged ${file} never gets past check`, async (t) => {
    await fuzz(t, (folder, random) => {
      const path = join(folder, 'net.mnn')
      // Tables come first in the file and matter most.
      writeFileSync(path, flipBytes(readFileSync(fixture(file)), random, 4000))
      return path
    })
  })
}

t.test('counts of thousands of millions are refused before anything is allocated for them', async (t) => {
  const folder = t.testdir({
    'net.param': '7767517\n2 2\nInput in 0 1 a\nInnerProduct fc 1 1 a b 0=2000000000 1=1 2=2000000000\n',
    'net.bin': Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]),
  })
  const { findings } = await check(join(folder, 'net.param'))
  t.match(
    findings.map(({ code }) => code),
    ['bad-tag'],
  )
})
