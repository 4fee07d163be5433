import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { type FileOrBytes, type ModelFile, sizeOf } from '../file/ModelFile.js'
import { summariseStorages } from '../file/storages.js'
import { progress } from '../format/progress.js'
import type { Effective } from '../model/Model.js'
import { native } from '../native/native.js'
import { readOnnxGraph } from '../onnx/graph/readOnnxFile.js'
import { externalPath } from '../onnx/graph/readTensor.js'
import type { OnnxEffective } from '../onnx/OnnxModel.js'
import { packageVersion } from '../packageVersion.js'
import type { PackEffective, PackMachine, PackModel, PackModelFile, PackRun } from './PackManifest.js'

/** Everything about a run but what came out; `pack` is the file that it goes into. */
export async function describeRun(
  file: ModelFile,
  effective: Effective | OnnxEffective,
  pack: string,
): Promise<Omit<PackRun, 'noise' | 'outputs'>> {
  const { engine } = file
  const digest = await modelDigest(await modelParts(file))
  return {
    date: new Date().toISOString(),
    machine: describeMachine(engine),
    versions: { twinfer: packageVersion(), node: process.versions.node, engine: effective.engineVersion },
    model: { engine, path: pathFrom(pack, file), ...digest, ...(await networkOf(file)) },
    effective: effectiveOf(effective),
  }
}

/** What a verdict needs to know of the file; an .onnx only ever is the reference. */
async function networkOf(file: ModelFile): Promise<Pick<PackModel, 'storage' | 'work'>> {
  if (file.engine === 'onnx') return { storage: null, work: null }
  return { storage: summariseStorages(await file.storages()), work: await file.work() }
}

/** As a pack says it, wherever it is copied to together with the model. */
function pathFrom(pack: string, { path, name }: ModelFile): string {
  if (path === undefined) return name
  return relative(dirname(resolve(pack)), resolve(path))
    .split(sep)
    .join('/')
}

function effectiveOf(effective: Effective | OnnxEffective): PackEffective {
  const { backend, device, requestedPrecision, precision, threads, notes } = effective
  const options = 'options' in effective ? effective.options : {}
  return { backend, device, requestedPrecision, precision, threads, notes, options }
}

/** The machine that a run of this engine is on. Recording an .onnx needs no addon, and so no CPU features. */
function describeMachine(engine: ModelFile['engine']): PackMachine {
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
async function modelDigest(files: readonly FileOrBytes[]): Promise<Pick<PackModel, 'sha256' | 'files'>> {
  const whole = createHash('sha256')
  const parts: PackModelFile[] = []
  for (const file of files) {
    const own = createHash('sha256')
    const size = await sizeOf(file)
    let bytes = 0
    for await (const piece of typeof file === 'string' ? piecesOf(file) : [file]) {
      own.update(piece)
      whole.update(piece)
      bytes += piece.length
      progress(`hashing ${nameOf(file)}`, { done: bytes, total: size, unit: 'bytes' })
    }
    parts.push({ name: nameOf(file), bytes, sha256: own.digest('hex') })
  }
  return { sha256: whole.digest('hex'), files: parts }
}

function nameOf(file: FileOrBytes): string {
  return typeof file === 'string' ? basename(file) : 'in memory'
}

function piecesOf(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: 2 ** 20 })
}

/** The files that a model is made of, the one that names it first. */
async function modelParts(file: ModelFile): Promise<readonly FileOrBytes[]> {
  const { engine, model } = file
  if (engine === 'onnx') return [model, ...(await externalFiles(file.requirePath()))]
  const weights = engine === 'ncnn' ? await file.requireWeights() : await file.weights()
  return weights === undefined ? [model] : [model, weights]
}

async function externalFiles(path: string): Promise<readonly string[]> {
  const { initializers } = await readOnnxGraph(path)
  const files = new Set<string>()
  for (const { name, location } of initializers.values()) {
    if (location !== null) files.add(externalPath(location, name, path))
  }
  return [...files]
}
