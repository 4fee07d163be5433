#!/usr/bin/env node
// Peak RSS of `compare` and `check` of a model of about 400 MB, above that of the engine alone (its own classes: load,
// run once), as a share of the model's size. Each is a process of its own.
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const size = 1280
const layers = 64
const weights = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i * 1.7) * 0.05)

/** Loads and runs once, as the engine's own classes do it. */
const engineAlone = {
  ncnn: `import { Mat, Net } from '${door('ncnn')}'
const net = new Net()
net.loadParam('model.param')
net.loadModel('model.bin')
const extractor = net.createExtractor()
extractor.input('b0', Mat.from(new Float32Array(${size}), [${size}]))
extractor.extract('b${layers}')`,
  mnn: `import { Interpreter } from '${door('mnn')}'
const session = Interpreter.createFromFile('model.mnn').createSession()
session.runSession()`,
}

const folder = mkdtempSync(join(tmpdir(), 'twinfer-large-'))
try {
  writeNcnn()
  writeFileSync(join(folder, 'model.mnn'), await makeMnn())
  writeNpy('ncnn.npy', `${size},`)
  writeNpy('mnn.npy', `1, ${size}, 1, 1`)
  const rows = []
  for (const [engine, model, weighs] of [
    ['ncnn', 'model.param', 'model.bin'],
    ['mnn', 'model.mnn', 'model.mnn'],
  ]) {
    const bytes = statSync(join(folder, weighs)).size
    const own = peakOf(engineAlone[engine])
    const shareOf = (script) => ((peakOf(script) - own) / bytes).toFixed(2)
    rows.push({
      engine,
      'file (MB)': (bytes / 1e6).toFixed(0),
      'engine alone, peak RSS (MB)': (own / 1e6).toFixed(0),
      'compare above that (× file)': shareOf(cli('compare', `${engine}.npy`, model, '-i', `${engine}.npy`)),
      'check, of all (× file)': (peakOf(cli('check', model)) / bytes).toFixed(2),
    })
  }
  console.table(rows)
} finally {
  rmSync(folder, { recursive: true })
}

function door(name) {
  return pathToFileURL(join(root, `dist/${name}.js`))
}

/** Peak RSS in bytes of a process that runs `script` in the folder. */
function peakOf(script) {
  const tell = "\nconsole.log('peak', process.resourceUsage().maxRSS * 1024)"
  const arguments_ = ['--input-type=module', '-e', script + tell]
  const printed = execFileSync(process.execPath, arguments_, { cwd: folder, encoding: 'utf8' })
  return Number(/^peak (\d+)$/m.exec(printed)[1])
}

/** Without the supervisor, whose child it would be that takes the memory. */
function cli(...given) {
  const main = pathToFileURL(join(root, 'dist/cli/main.js'))
  return `import { main } from '${main}'
if ((await main(${JSON.stringify(given)})) > 1) throw new Error('it failed')`
}

/** Ones: as an input, and as outputs, which are of the same shape and may be wrong. */
function writeNpy(file, shape) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117).concat('\n')
  const values = new Float32Array(size).fill(1)
  const parts = ['\x93NUMPY\x01\x00v\x00', header].map((text) => Buffer.from(text, 'latin1'))
  writeFileSync(join(folder, file), Buffer.concat([...parts, Buffer.from(values.buffer)]))
}

/** Blocks of weights, one a layer. */
function writeNcnn() {
  const lines = Array.from(
    { length: layers },
    (_, i) => `InnerProduct fc${i} 1 1 b${i} b${i + 1} 0=${size} 2=${size * size}`,
  )
  const input = `Input in 0 1 b0 0=${size}`
  writeFileSync(
    join(folder, 'model.param'),
    `7767517\n${layers + 1} ${layers + 1}\n${input}\n${lines.join('\n')}\n`,
  )
  const file = openSync(join(folder, 'model.bin'), 'w')
  for (let i = 0; i < layers; i++) {
    writeSync(file, Buffer.alloc(4)) // the tag of fp32
    writeSync(file, Buffer.from(weights.buffer))
  }
}

/** Convolutions of 1x1, by the tests' own writer. */
async function makeMnn() {
  const source = readFileSync(join(root, 'test/helpers/mnnFile.ts'), 'utf8')
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
  const compiled = join(root, 'build', 'mnnFile.mjs') // where it finds flatbuffers
  mkdirSync(join(root, 'build'), { recursive: true })
  writeFileSync(compiled, ts.transpileModule(source, { compilerOptions }).outputText)
  const { convolutionParameter, inputParameter, mnnFile, opType } = await import(pathToFileURL(compiled))
  const layer = convolutionParameter({ inputs: size, outputs: size, weights, biases: new Float32Array(size) })
  return mnnFile({
    tensors: Array.from({ length: layers + 1 }, (_, i) => `b${i}`),
    operators: [
      { type: opType.Input, name: 'b0', outputs: [0], parameter: inputParameter([1, size, 1, 1]) },
      ...Array.from({ length: layers }, (_, i) => {
        return { type: opType.Convolution, name: `conv${i}`, inputs: [i], outputs: [i + 1], parameter: layer }
      }),
    ],
  })
}
