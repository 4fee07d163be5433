import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { arch, cpus, platform } from 'node:os'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { weightStorage } from '../check/weightStorage.js'
import { workOf } from '../check/workOf.js'
import { progress } from '../format/progress.js'
import type { ModelEngine } from '../inspect/identifyModel.js'
import type { Effective } from '../model/Model.js'
import { weightsBeside } from '../model/modelFiles.js'
import { native } from '../native/native.js'
import { readOnnxGraph } from '../onnx/graph/readOnnxFile.js'
import { externalPath } from '../onnx/graph/readTensor.js'
import type { OnnxEffective } from '../onnx/OnnxModel.js'
import { packageVersion } from '../packageVersion.js'
import type { PackEffective, PackMachine, PackModel, PackModelFile, PackRun } from './PackManifest.js'

/** Everything about a run but what came out; `pack` is the file that it goes into. */
export async function describeRun(
  path: string,
  engine: ModelEngine,
  effective: Effective | OnnxEffective,
  pack: string,
): Promise<Omit<PackRun, 'noise' | 'outputs'>> {
  const digest = await modelDigest(await modelParts(path, engine))
  return {
    date: new Date().toISOString(),
    machine: describeMachine(engine),
    versions: { twinfer: packageVersion(), node: process.versions.node, engine: effective.engineVersion },
    model: { engine, path: pathFrom(pack, path), ...digest, ...(await networkOf(path, engine)) },
    effective: effectiveOf(effective),
  }
}

/** What a verdict needs to know of the file; an .onnx only ever is the reference. */
async function networkOf(path: string, engine: ModelEngine): Promise<Pick<PackModel, 'storage' | 'work'>> {
  if (engine === 'onnx') return { storage: null, work: null }
  return { storage: await weightStorage(path), work: await workOf(path) }
}

/** As a pack says it, wherever it is copied to together with the model. */
function pathFrom(pack: string, model: string): string {
  return relative(dirname(resolve(pack)), resolve(model))
    .split(sep)
    .join('/')
}

function effectiveOf(effective: Effective | OnnxEffective): PackEffective {
  const { backend, device, requestedPrecision, precision, threads, notes } = effective
  const options = 'options' in effective ? effective.options : {}
  return { backend, device, requestedPrecision, precision, threads, notes, options }
}

/** The machine that a run of this engine is on. Recording an .onnx needs no addon, and so no CPU features. */
function describeMachine(engine: ModelEngine): PackMachine {
  return {
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() || 'unknown',
    features: engine === 'onnx' ? null : cpuFeatures(),
  }
}

function cpuFeatures(): readonly string[] {
  const { features } = native().ncnn.cpu()
  return Object.keys(features).filter((name) => features[name])
}

/** SHA-256 over files, read in pieces: each one's own, and that of all of them one after the other. */
async function modelDigest(files: readonly string[]): Promise<Pick<PackModel, 'sha256' | 'files'>> {
  const whole = createHash('sha256')
  const parts: PackModelFile[] = []
  for (const file of files) {
    const own = createHash('sha256')
    const { size } = await stat(file)
    let bytes = 0
    for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20 })) {
      own.update(piece as Buffer)
      whole.update(piece as Buffer)
      bytes += (piece as Buffer).length
      progress(`hashing ${file}`, { done: bytes, total: size, unit: 'bytes' })
    }
    parts.push({ name: basename(file), bytes, sha256: own.digest('hex') })
  }
  return { sha256: whole.digest('hex'), files: parts }
}

/** The files that a model is made of, the one that names it first. */
async function modelParts(path: string, engine: ModelEngine): Promise<readonly string[]> {
  switch (engine) {
    case 'ncnn':
      return [path, weightsBeside(path)]
    case 'mnn': {
      const weights = `${path}.weight`
      return existsSync(weights) ? [path, weights] : [path]
    }
    case 'onnx':
      return [path, ...(await externalFiles(path))]
  }
}

async function externalFiles(path: string): Promise<readonly string[]> {
  const { initializers } = await readOnnxGraph(path)
  const files = new Set<string>()
  for (const { name, location } of initializers.values()) {
    if (location !== null) files.add(externalPath(location, name, path))
  }
  return [...files]
}
