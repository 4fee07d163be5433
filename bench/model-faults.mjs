#!/usr/bin/env node
// Faults planted one at a time into copies of the converted models, and what `diagnoseModel` names first: a confusion
// matrix. Clean models in every precision stand beside them and must not be accused of anything.
//   node bench/model-faults.mjs [--seeds N] [--only FAULT] [--json] [--clean|--faults] [MODEL…]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readNpy } from 'twinfer'
import { ModelFile } from 'twinfer/check'
import { diagnoseModel } from '../dist/diagnose/model/diagnoseModel.js'
import { openOnnx } from '../dist/onnx/OnnxModel.js'
import { mnnFaults, ncnnFaults, weightFaults } from './lib/modelFaults.mjs'
import { random as seeded } from './lib/mutations.mjs'

const argumentsGiven = process.argv.slice(2)
const optionOf = (name, fallback) => {
  const at = argumentsGiven.indexOf(name)
  return at < 0 ? fallback : argumentsGiven.splice(at, 2)[1]
}
const seeds = Number(optionOf('--seeds', '2'))
const only = optionOf('--only')
const folder = optionOf('--models', new URL('../../shared/models', import.meta.url).pathname)
const names = argumentsGiven.filter((argument) => !argument.startsWith('--'))
if (!existsSync(folder)) throw new Error(`expected a folder of models at ${folder}`)
const models = readdirSync(folder).filter(
  (name) => existsSync(join(folder, name, 'model.onnx')) && (names.length === 0 || names.includes(name)),
)
const innocent = new Set(['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES'])
const rows = []
const work = mkdtempSync(join(tmpdir(), 'model-faults-'))
try {
  for (const model of models) await plantInto(model)
} finally {
  rmSync(work, { recursive: true, force: true })
}
if (argumentsGiven.includes('--json')) console.log(JSON.stringify(rows))
else summarise()

async function plantInto(model) {
  const at = join(folder, model)
  const onnx = join(at, 'model.onnx')
  const original = await openOnnx(onnx)
  const inputs = [{ [original.inputs[0].name]: await readNpy(join(at, 'input.npy')) }]
  await original.dispose()
  const files = readdirSync(at).filter((file) => /\.(param|mnn)$/.test(file))
  if (!argumentsGiven.includes('--faults'))
    for (const file of files)
      for (const run of [
        {},
        { precision: 'fp32', threads: 1 },
        { precision: 'bf16' },
        { precision: 'fp16' },
        { precision: 'fp32', threads: 4 },
      ])
        await judge(
          {
            model,
            file,
            fault: `clean ${run.precision ?? 'default'} ${run.threads ?? ''}`,
            expected: 'NONE',
          },
          join(at, file),
          onnx,
          inputs,
          run,
        )
  if (argumentsGiven.includes('--clean')) return
  for (const file of files.filter((name) => /^model(_fp16)?\./.test(name))) {
    const isMnn = file.endsWith('.mnn')
    const isHalf = file.includes('fp16')
    const faults = { ...weightFaults, ...(isHalf ? {} : isMnn ? mnnFaults : ncnnFaults) }
    for (const [fault, [expected, plant]] of Object.entries(faults)) {
      if (only && fault !== only) continue
      for (let seed = 1; seed <= seeds; seed++) {
        const random = seeded(seed * 7919 + fault.length * 31 + model.length)
        const copy = await read(join(at, file), isMnn)
        copy.random = random
        const planted = plant(copy, random)
        if (!planted) continue
        const path = write(copy, file, isMnn)
        await judge({ model, file, fault, seed, expected, planted }, path, onnx, inputs, {
          precision: 'fp32',
          threads: 2,
        })
      }
    }
  }
}

async function read(path, isMnn) {
  const file = await ModelFile.from(path)
  if (isMnn) {
    const { weights, operators } = await file.mnnNet()
    const blocks = weights.map(({ operator, format, ...block }) => ({
      ...block,
      storage: format,
      name: operators[operator].name,
    }))
    return { engine: 'mnn', bytes: readFileSync(path), blocks: blocks.filter(isPlain) }
  }
  const { layers, weights } = await file.ncnn()
  const blocks = weights.blocks.map((block) => ({ ...block, name: layers[block.layer].name }))
  const bytes = readFileSync(path.replace(/\.param$/, '.bin'))
  return { engine: 'ncnn', bytes, param: readFileSync(path, 'utf8'), blocks: blocks.filter(isPlain) }
}

function isPlain({ storage }) {
  return storage === 'fp32' || storage === 'fp16'
}

function write({ bytes, param }, name, isMnn) {
  const path = join(work, name)
  writeFileSync(isMnn ? path : path.replace(/\.param$/, '.bin'), bytes)
  if (!isMnn) writeFileSync(path, param)
  return path
}

async function judge(row, path, onnx, inputs, run) {
  const start = performance.now()
  try {
    const { causes, precision } = await diagnoseModel(path, onnx, { inputs, run })
    const named = causes.map(({ code }) => code)
    const first = named[0] ?? 'NONE'
    const passes = precision?.base.verdict.pass ?? null
    const isClean = row.expected === 'NONE'
    // A fault that no output shows, and that no file proves, is none: an activation that never saturates, say.
    const isInvisible =
      !isClean && passes === true && innocent.has(first) && (precision.base.sqnrDb ?? 0) > 75
    const right = isClean ? named.every((code) => innocent.has(code)) : first === row.expected
    rows.push({
      ...row,
      first,
      named,
      passes,
      sqnrDb: precision?.base.sqnrDb ?? null,
      right,
      isInvisible,
      layerRight: causes[0]?.evidence.layer === row.planted?.layer,
      said: causes[0]?.message,
      ms: performance.now() - start,
    })
  } catch (error) {
    rows.push({
      ...row,
      first: 'THROWN',
      named: [],
      right: false,
      isInvisible: false,
      said: String(error.stack ?? error),
      ms: performance.now() - start,
    })
  }
  const { first, right, isInvisible, sqnrDb, said, ms, layerRight } = rows.at(-1)
  const word = isInvisible
    ? 'unseen'
    : right
      ? layerRight || !row.planted?.layer
        ? 'ok'
        : 'ok, other layer'
      : 'WRONG'
  console.error(
    `${word} ${row.model} ${row.file} ${row.fault} ${row.seed ?? ''} ${JSON.stringify(row.planted ?? {})} → ${first} ${sqnrDb?.toFixed?.(1) ?? ''} dB ${ms.toFixed(0)} ms${right && !isInvisible ? '' : ` (${said})`}`,
  )
}

function summarise() {
  const seen = rows.filter(({ isInvisible }) => !isInvisible)
  const codes = [...new Set(seen.map(({ expected }) => expected))]
  const found = [...new Set(seen.map(({ first }) => first))]
  console.table(
    Object.fromEntries(
      codes.map((code) => {
        const own = seen.filter(({ expected }) => expected === code)
        const counts = Object.fromEntries(
          found.map((first) => [
            first.replace('WEIGHTS_', 'W_').replace('PRECISION_', 'P_'),
            own.filter((row) => row.first === first).length,
          ]),
        )
        return [code, { ...counts, right: `${own.filter(({ right }) => right).length}/${own.length}` }]
      }),
    ),
  )
  const faults = seen.filter(({ expected }) => expected !== 'NONE')
  const placed = faults.filter(({ planted, right }) => right && planted.layer)
  console.log(
    `planted: ${faults.filter(({ right }) => right).length} of ${faults.length} right, ${rows.length - seen.length} more that no output shows`,
  )
  console.log(
    `the layer itself was named in ${placed.filter(({ layerRight }) => layerRight).length} of ${placed.length}`,
  )
  const clean = seen.filter(({ expected }) => expected === 'NONE')
  console.log(`clean: ${clean.filter(({ right }) => !right).length} of ${clean.length} accused`)
}
