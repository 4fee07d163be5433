import { dirname, relative, resolve, sep } from 'node:path'
import { weightStorage, workOf } from '../check/index.js'
import type { ModelEngine } from '../inspect/identifyModel.js'
import type { Effective } from '../model/index.js'
import type { OnnxEffective } from '../onnx/OnnxModel.js'
import { packageVersion } from '../packageVersion.js'
import { describeMachine } from './describeMachine.js'
import type { PackEffective, PackModel, PackRun } from './manifest/PackManifest.js'
import { modelDigest } from './modelDigest.js'
import { modelParts } from './modelParts.js'

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
