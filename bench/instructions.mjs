#!/usr/bin/env node
// What this package's kernels save on ncnn for 64-bit ARM, in instructions: each model with ncnn's own layers, with the kernels
// as the addon chooses them, and with every kernel there is, in fp32 on one thread under QEMU, whose plugin counts exactly.
// The same of each kind of layer. Needs qemu-aarch64, a C compiler, and the addon's build for linux-arm64
// (`npm run prebuild -- --target linux-arm64`); says what is missing, and ends with 0, where one is not there.
//   node bench/instructions.mjs [--json] [--layers] [--only NAME,…] [--single] [--cpu max] [MODELS]
// MODELS is a folder like ../shared/models. `--single` takes networks of one layer in place of it: shapes that models may have.
// Exits with 1 where the chosen kernels make a model take more instructions than ncnn's own, beyond one in 10,000: a layer that
// is left to ncnn is asked through ours, some ten instructions.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readNpy } from 'twinfer'
import { emulatorOf, missingFor } from '../scripts/arm/emulator.mjs'
import { targetNamed } from '../scripts/engines/targets.mjs'
import { writeSingleLayers } from './instructions/singleLayers.mjs'

const root = new URL('../', import.meta.url).pathname
const target = targetNamed('linux-arm64')
const folder = join(root, 'build', target.name, 'addon')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    layers: { type: 'boolean', default: false },
    only: { type: 'string' },
    single: { type: 'boolean', default: false },
    cpu: { type: 'string', default: 'max' },
  },
})
const models = positionals[0] ?? join(process.env.TWINFER_SHARED ?? join(root, '../shared'), 'models')
const kinds = ['off', 'on', 'all']
const missing = missingFor(target) ?? missingHere()
if (missing) console.log(`skip   ${target.name}: ${missing}`)
else await measureAll()

function missingHere() {
  if (spawnSync('cc', ['--version']).error) return 'needs a C compiler (cc)'
  if (!existsSync(join(folder, 'build.ninja'))) return `run \`npm run prebuild -- --target ${target.name}\``
  if (!values.single && !existsSync(models)) return `needs a folder of models at ${models}`
}

async function measureAll() {
  const built = spawnSync('cmake', ['--build', folder, '--target', 'instructions'], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`${built.stdout}${built.stderr}`)
  const scratch = mkdtempSync(join(tmpdir(), 'twinfer-instructions-'))
  try {
    const plugin = buildPlugin(scratch)
    const rows = []
    const networks = values.single ? writeSingleLayers(scratch) : await readModels()
    for (const network of networks) rows.push(measure(network, plugin, scratch))
    if (values.json) console.log(JSON.stringify({ cpu: values.cpu, rows }))
    else printTables(rows)
    process.exitCode = rows.some(({ on, off }) => on > off * 1.0001) ? 1 : 0
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** For the first version of the interface that this QEMU takes. */
function buildPlugin(scratch) {
  let said = ''
  for (const version of [1, 2, 3, 4, 5]) {
    const plugin = join(scratch, `counter-${version}.so`)
    const options = ['-O2', '-shared', '-fPIC', '-fvisibility=hidden', `-DPLUGIN_VERSION=${version}`]
    const built = spawnSync('cc', [...options, join(root, 'bench/instructions/counter.c'), '-o', plugin], {
      encoding: 'utf8',
    })
    if (built.status !== 0) throw new Error(built.stderr)
    // Without arguments the program only says how it is called.
    const [program, ...args] = emulatorOf(target, values.cpu)
    const marks = join(scratch, 'none')
    const tried = spawnSync(program, [...args, '-plugin', `${plugin},out=${marks}`, instructionsProgram()], {
      encoding: 'utf8',
    })
    if (tried.status === 2 && existsSync(marks)) return plugin
    said = tried.stderr
  }
  throw new Error(`this QEMU takes no plugin of ours: ${said}`)
}

function instructionsProgram() {
  return join(folder, 'bench/cpp/instructions')
}

async function readModels() {
  const wanted = values.only?.split(',')
  const names = readdirSync(models).filter(
    (name) => existsSync(join(models, name, 'model.ncnn.param')) && (wanted?.includes(name) ?? true),
  )
  const inputs = await Promise.all(names.map((name) => readNpy(join(models, name, 'input.npy'))))
  return names.map((name, i) => {
    return { name, folder: join(models, name), shape: inputs[i].shape.slice(1), data: inputs[i].data }
  })
}

function measure({ name, folder, shape, data }, plugin, scratch) {
  const raw = join(scratch, 'input.raw')
  writeFileSync(raw, data)
  const param = join(folder, 'model.ncnn.param')
  const ran = Object.fromEntries(
    kinds.map((kind) => [kind, runOnce([param, raw, shape.join('x'), kind], plugin, scratch)]),
  )
  const params = paramsOf(param)
  const layers = ran.off.layers.map((layer, i) => ({
    ...layer,
    kind: kindOf(layer, params.get(layer.name) ?? {}),
    isChosen: ran.on.layers[i].onKernel,
    onKernel: ran.all.layers[i].onKernel,
    ...Object.fromEntries(kinds.map((kind) => [kind, ran[kind].layers[i].count])),
  }))
  return { model: name, ...Object.fromEntries(kinds.map((kind) => [kind, ran[kind].count])), layers }
}

function runOnce(parameters, plugin, scratch) {
  const marks = join(scratch, 'marks')
  const [program, ...args] = emulatorOf(target, values.cpu)
  const command = [instructionsProgram(), ...parameters]
  const { status, stdout, stderr } = spawnSync(
    program,
    [...args, '-plugin', `${plugin},out=${marks}`, ...command],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`${parameters.join(' ')} ended with ${status}: ${stderr}`)
  const counts = new Map() // so far, by mark
  for (const line of readFileSync(marks, 'utf8').trim().split('\n')) {
    const [mark, count] = line.split(' ').map(Number)
    counts.set(mark, count)
  }
  const layers = stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [index, type, layer, onKernel, size] = line.split('\t')
      const at = 2 + Number(index) * 2
      return {
        type,
        name: layer,
        size,
        onKernel: onKernel === '1',
        count: counts.get(at + 1) - counts.get(at),
      }
    })
  return { count: counts.get(1) - counts.get(0), layers }
}

/** What the choice is made by: the layer's type, its kernel and stride, its channels. */
function kindOf({ type }, of) {
  const [outputs, width, stride] = [of[0], of[1] ?? 1, of[3] ?? 1]
  if (isRecurrent(type)) return { type, text: `${outputs} hidden` }
  if (!type.startsWith('Convolution')) return { type, text: '' }
  const isSequence = type.endsWith('1D')
  const height = isSequence ? 1 : (of[11] ?? width)
  const groups = of[7] ?? 1
  const inputs = (of[6] / outputs / width / height) * groups
  const steps = stride > 1 ? `, stride ${stride}` : ''
  const apart = groups > 1 && groups < outputs ? ' in groups' : ''
  const size = `${isSequence ? width : `${width} × ${height}`}${apart}`
  return { type, outputs, inputs, text: `${size}${steps}, ${inputs} → ${outputs}` }
}

/** The whole numbers of each layer's parameters. */
function paramsOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').slice(2)
  return new Map(
    lines.map((line) => {
      const [, name, ...rest] = line.trim().split(/\s+/)
      const pairs = rest
        .filter((word) => /^\d+=-?[\d.]+$/.test(word))
        .map((word) => word.split('=').map(Number))
      return [name, Object.fromEntries(pairs)]
    }),
  )
}

function printTables(rows) {
  console.log(
    `instructions of one run on QEMU's ${values.cpu}, fp32, one thread; below 1: less than ncnn's own`,
  )
  console.table(
    rows.map(({ model, off, on, all, layers }) => ({
      model,
      "ncnn's own": off,
      chosen: on,
      'chosen over own': ratio(on, off),
      'layers chosen': layers.filter(({ isChosen }) => isChosen).length,
      'all over own': ratio(all, off),
    })),
  )
  const layers = rows.flatMap(({ model, layers }) => layers.map((layer) => ({ model, ...layer })))
  const ofKernels = layers.filter(({ onKernel }) => onKernel)
  if (values.layers) console.table(ofKernels.map(layerRow))
  const byKind = groupBy(ofKernels, ({ kind }) => kindTitle(kind))
  console.table(
    [...byKind].sort().map(([kind, members]) => {
      const sum = (which) => members.reduce((total, layer) => total + layer[which], 0)
      const ratios = members.map(({ all, off }) => all / off)
      return {
        kind,
        layers: members.length,
        chosen: members.filter(({ isChosen }) => isChosen).length,
        'kernels over own': ratio(sum('all'), sum('off')),
        least: ratio(Math.min(...ratios), 1),
        most: ratio(Math.max(...ratios), 1),
      }
    }),
  )
}

function layerRow({ model, name, kind, size, off, all, isChosen }) {
  return {
    model,
    name,
    kind: `${kind.type} ${kind.text}`,
    output: size,
    own: off,
    ratio: ratio(all, off),
    isChosen,
  }
}

function isRecurrent(type) {
  return type === 'LSTM' || type === 'GRU'
}

function kindTitle({ type, text, inputs }) {
  if (type !== 'Convolution') return isRecurrent(type) ? type : `${type} ${text.split(',')[0]}`
  return inputs <= 4 ? `${type} of few inputs` : `${type} ${text.split(',').slice(0, -1).join(',')}`
}

function groupBy(items, keyOf) {
  const groups = new Map()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function ratio(ours, theirs) {
  return Number((ours / theirs).toFixed(3))
}
