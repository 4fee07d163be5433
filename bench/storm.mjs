#!/usr/bin/env node
// Opens and runs .mnn files with one changed number each, in child processes, and lists the changes that end one:
// MNN's own code divides by, indexes with and allocates what a file says. `node bench/storm.mjs [--count N]
// [--seed N] [--from N] FILE…`; every change has a number, so that one of them can be looked at alone.
import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { random } from './lib/mutations.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    child: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
})
const count = Number(values.count)
const seed = Number(values.seed)
const patience = 60_000

if (values.child) process.on('message', (message) => work(message))
else await storm()

/** The changed bytes of one change: the same for the same seed and number. */
export function change(original, candidates, number) {
  const next = random(seed * 1_000_003 + number)
  const bytes = Uint8Array.from(original)
  const view = new DataView(bytes.buffer)
  const offset = candidates[Math.floor(next() * candidates.length)]
  const before = view.getInt32(offset, true)
  const values = [0, 1, -1, 9, 2 ** 31 - 1, before + 1, before - 1, before * 2, 2 + Math.floor(next() * 30)]
  const choice = Math.floor(next() * (values.length + 3))
  if (choice < values.length) view.setInt32(offset, values[choice], true)
  else if (choice === values.length) view.setInt32(offset, Math.floor(next() * 2 ** 32), true)
  else
    bytes[offset + Math.floor(next() * 4)] = next() < 0.5 ? Math.floor(next() * 16) : Math.floor(next() * 256)
  return { bytes, text: `@${offset}: ${before} → ${view.getInt32(offset, true)}` }
}

/** Aligned words that look like whole numbers: not those of weights. */
export function candidatesOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const offsets = []
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    const value = view.getInt32(offset, true)
    if (Math.abs(value) < 1 << 24 || bytes.length < 4096) offsets.push(offset)
  }
  return offsets
}

async function storm() {
  const folder = await mkdtemp(join(tmpdir(), 'twinfer-storm-'))
  const totals = {}
  const ended = []
  const perFile = Math.max(1, Math.ceil(count / positionals.length))
  for (const file of positionals) {
    const outcomes = {}
    let next = Number(values.from)
    const end = next + perFile
    while (next < end) {
      const { reached, how } = await runChild({ file, next, end, folder, outcomes })
      if (!how) break
      const { text, bytes } = change(readFileSync(file), candidatesOf(readFileSync(file)), reached)
      ended.push(`${file} ${reached} ${text}: ${how}`)
      console.log(`  ${ended.at(-1)}`)
      if (values.keep)
        writeFileSync(
          join(values.keep, `${basename(dirname(file))}-${basename(file, '.mnn')}-${reached}.mnn`),
          bytes,
        )
      next = reached + 1
    }
    console.log(
      `${file}: ${Object.entries(outcomes)
        .map((entry) => entry.join(' '))
        .join(', ')}`,
    )
    for (const [code, times] of Object.entries(outcomes)) totals[code] = (totals[code] ?? 0) + times
  }
  await rm(folder, { recursive: true })
  console.log(`together: ${JSON.stringify(totals)}`)
  console.log(`${ended.length} changes ended or stopped their process`)
  process.exitCode = ended.length > 0 ? 1 : 0
}

function runChild({ file, next, end, folder, outcomes }) {
  return new Promise((resolve) => {
    const options = ['--child', '--seed', values.seed]
    const child = fork(fileURLToPath(import.meta.url), options, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let reached = next
    let how
    let phase = 'start'
    let alarm
    const watch = () => {
      clearTimeout(alarm)
      alarm = setTimeout(() => {
        how = `no answer for ${patience / 1000} s in ${phase}`
        child.kill('SIGKILL')
      }, patience)
    }
    watch()
    child.on('message', (message) => {
      watch()
      if (message.outcome) outcomes[message.outcome] = (outcomes[message.outcome] ?? 0) + 1
      reached = message.number ?? reached
      phase = message.phase ?? phase
    })
    child.on('exit', (code, signal) => {
      clearTimeout(alarm)
      resolve({ reached, how: how ?? (signal || code ? `${signal ?? code} in ${phase}` : undefined) })
    })
    child.send({ file, next, end, folder })
  })
}

async function work({ file, next, end, folder }) {
  const { open, Tensor } = await import('../dist/index.js')
  const original = readFileSync(file)
  const candidates = candidatesOf(original)
  const path = join(folder, 'changed.mnn')
  for (let number = next; number < end; number++) {
    await told({ number, phase: 'open' })
    writeFileSync(path, change(original, candidates, number).bytes)
    await told({ outcome: await tryOne(path, open, Tensor, number) })
  }
  process.disconnect()
}

const told = (message) => new Promise((resolve) => process.send(message, resolve))

async function tryOne(path, open, Tensor, number) {
  let model
  try {
    model = await open(path, { threads: 1, precision: 'fp32' })
    await told({ number, phase: 'run' })
    await model.run(Object.fromEntries(model.inputs.map((input) => [input.name, inputFor(input, Tensor)])))
    await told({ number, phase: 'dispose' })
    return 'ran'
  } catch (error) {
    if (!/^TWINFER_/.test(error.code)) return `${error.name}: ${error.message}`.slice(0, 80)
    return model ? `run ${error.code}` : error.code
  } finally {
    await model?.dispose()
  }
}

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
}

function inputFor({ shape = [1, 3, 32, 32], dtype }, Tensor) {
  const sizes = shape.map((size) => (size < 0 ? 8 : size))
  const elements = sizes.reduce((product, size) => product * size, 1)
  const data = new (arrays[dtype] ?? Float32Array)(elements)
  for (let i = 0; i < data.length; i++) data[i] = dtype === 'float32' ? Math.sin(i) : i % 2
  return new Tensor(data, sizes, dtype === 'float32' ? {} : { dtype })
}
