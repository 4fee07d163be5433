import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const script = (name) => join(import.meta.dirname, name)

/** A process that runs one model when it is told to, and says how long each run took. */
export class Peer {
  #child
  #lines
  constructor(program, args) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child.on('error', () => {})
    this.#child.stdin.on('error', () => {})
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Times of `runs` runs in microseconds. Throws where the process ended. */
  async run(runs) {
    this.#child.stdin.write(`run ${runs}\n`)
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error('it ended')
      // MNN's wheel prints what the device supports.
      const times = value
        .replace(/^times /, '')
        .trim()
        .split(' ')
        .map(Number)
      if (times.length === runs && times.every(Number.isFinite)) return times
    }
  }

  close() {
    this.#child.stdin.end()
    this.#child.kill()
  }
}

/** Who takes part: how each is started with a model, or why it cannot be. `open` gives a reason where it lacks this model. */
export function peersOf({ python, cpp }) {
  const node = (kind, file) => (model, threads) => ({
    program: process.execPath,
    args: [script('nodePeer.mjs'), kind, model.files[file], model.input, String(threads)],
  })
  const wheel = (engine, file) => (model, threads) => ({
    program: python,
    args: [script('wheels.py'), engine, model.files[file], model.input, String(threads)],
  })
  const loop = (engine) => (model, threads) =>
    engine === 'ncnn' && model.shape.length !== 4
      ? { reason: 'bench/cpp feeds ncnn with pictures only' }
      : {
          program: cpp,
          args: [
            engine,
            model.files[engine],
            model.raw,
            ...model.shape.slice(-3).map(String),
            String(threads),
          ],
        }
  return [
    { name: 'twinfer ncnn', open: node('twinfer', 'ncnn') },
    { name: 'C++ ncnn', open: loop('ncnn'), missing: missingCpp(cpp) },
    { name: 'Python ncnn', open: wheel('ncnn', 'ncnn'), missing: missingWheel(python, 'ncnn') },
    { name: 'twinfer MNN', open: node('twinfer', 'mnn') },
    { name: 'C++ MNN', open: loop('mnn'), missing: missingCpp(cpp) },
    { name: 'Python MNN', open: wheel('mnn', 'mnn'), missing: missingWheel(python, 'MNN') },
    {
      name: 'OpenVINO',
      open: wheel('openvino', 'onnx'),
      missing: missingWheel(python, 'openvino'),
    },
    { name: 'onnxruntime-node', open: node('ort-node', 'onnx'), missing: missingPackage('onnxruntime-node') },
    {
      name: 'onnxruntime-web',
      open: (model, threads) =>
        threads > 1 ? { reason: 'it has one thread here' } : node('ort-web', 'onnx')(model, threads),
      missing: missingPackage('onnxruntime-web'),
    },
  ]
}

function missingCpp(cpp) {
  return existsSync(cpp) ? undefined : `${cpp} is not built: cmake --build build/… --target overhead`
}

export function missingWheel(python, module) {
  const { status } = spawnSync(python, ['-c', `import numpy, ${module}`], { stdio: 'ignore' })
  return status === 0 ? undefined : `${python} has no wheel ${module} (with numpy): --python names another`
}

function missingPackage(name) {
  try {
    createRequire(import.meta.url).resolve(name)
    return undefined
  } catch {
    return `${name} is not installed`
  }
}
