import { arch, cpus, platform } from 'node:os'
import { dirname, relative, resolve, sep } from 'node:path'
import type { ModelFile } from '../file/ModelFile.js'
import { summariseStorages } from '../file/storages.js'
import type { Effective } from '../model/Model.js'
import { native } from '../native/native.js'
import { digestModel } from '../onnx/digestModel.js'
import type { OnnxEffective } from '../onnx/OnnxModel.js'
import { packageVersion } from '../packageVersion.js'
import type { PackEffective, PackMachine, PackModel, PackRun } from './PackManifest.js'

/** Everything about a run but what came out; `pack` is the file that it goes into. */
export async function describeRun(
  file: ModelFile,
  effective: Effective | OnnxEffective,
  pack: string,
): Promise<Omit<PackRun, 'noise' | 'outputs'>> {
  const { engine } = file
  const digest = await digestModel(file)
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
export function describeMachine(engine: ModelFile['engine']): PackMachine {
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
