#!/usr/bin/env node
// How fast `check` reads weights: files of about 256 MB in fp32 and half of it in fp16, made here, against the
// time that reading them alone takes. Medians of five rounds, interleaved; CPU time beside wall time, because a
// busy machine changes the latter.
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from '../dist/check/check.js'
import { median } from './lib/statistics.mjs'

const layers = 64
const channels = 1024
const rounds = 5

const folder = await mkdtemp(join(tmpdir(), 'twinfer-check-'))
try {
  const files = [await makeModel('fp32'), await makeModel('fp16')]
  const results = new Map(files.map(({ storage }) => [storage, { check: [], cpu: [], read: [] }]))
  for (let round = 0; round < rounds; round++) {
    for (const { storage, param, bin } of files) {
      const times = results.get(storage)
      times.read.push(await timed(() => readAll(bin)))
      const cpu = process.cpuUsage()
      times.check.push(await timed(() => requireSound(param)))
      const { user, system } = process.cpuUsage(cpu)
      times.cpu.push((user + system) / 1000)
    }
  }
  console.log('storage  weights MB  check MB/s  (of CPU time)  read only MB/s  share of it')
  for (const { storage, megabytes } of files) {
    const times = results.get(storage)
    const speed = (list) => ((megabytes / median(list)) * 1000).toFixed(0)
    const share = (list) => (median(times.read) / median(list)).toFixed(2)
    console.log(
      storage.padEnd(9) +
        megabytes.toFixed(0).padStart(10) +
        speed(times.check).padStart(12) +
        speed(times.cpu).padStart(15) +
        speed(times.read).padStart(16) +
        `${share(times.check)} (${share(times.cpu)})`.padStart(14),
    )
  }
  console.log(`peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)
} finally {
  await rm(folder, { recursive: true })
}

async function makeModel(storage) {
  const param = join(folder, `${storage}.param`)
  const bin = join(folder, `${storage}.bin`)
  const count = channels * channels
  const lines = Array.from(
    { length: layers },
    (_, i) => `InnerProduct fc${i} 1 1 b${i} b${i + 1} 0=${channels} 2=${count}`,
  )
  await writeFile(
    param,
    `7767517\n${layers + 1} ${layers + 1}\nInput in 0 1 b0 0=${channels}\n${lines.join('\n')}\n`,
  )
  const weights = Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) * 0.05)
  const block =
    storage === 'fp32'
      ? Buffer.from(weights.buffer)
      : Buffer.from(Uint16Array.from(weights, toFloat16).buffer)
  const tag = Buffer.alloc(4)
  tag.writeUInt32LE(storage === 'fp32' ? 0 : 0x01306b47)
  const file = await open(bin, 'w')
  for (let i = 0; i < layers; i++) await file.writev([tag, block])
  await file.close()
  return { storage, param, bin, megabytes: (layers * (block.length + 4)) / 1e6 }
}

/** Bits of a normal float16, cut off: good enough to be weights. */
function toFloat16(value) {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer)
  const exponent = ((bits >>> 23) & 255) - 112
  return ((bits >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 1023))
}

async function requireSound(param) {
  const { ok, findings } = await check(param)
  if (!ok) throw new Error(findings[0].message)
}

async function readAll(file) {
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 4 * 1024 * 1024 })) bytes += chunk.length
  return bytes
}

async function timed(run) {
  const start = performance.now()
  await run()
  return performance.now() - start
}
