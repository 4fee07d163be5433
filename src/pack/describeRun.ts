import { dirname, relative, resolve, sep } from 'node:path'
import type { ModelEngine } from '../inspect/identifyModel.js'
import type { Effective } from '../model/index.js'
import type { OnnxEffective } from '../onnx/OnnxModel.js'
import { packageVersion } from '../packageVersion.js'
import { describeMachine } from './describeMachine.js'
import type { PackEffective, PackRun } from './manifest/PackManifest.js'
import { modelDigest } from './modelDigest.js'
import { modelParts } from './modelParts.js'

/** Everything about a run but what came out; `pack` is the file that it goes into. */
export async function describeRun(
  path: string,
  engine: ModelEngine,
  effective: Effective | OnnxEffective,
  pack: string,
): Promise<Omit<PackRun, 'repeat' | 'outputs'>> {
  const digest = await modelDigest(await modelParts(path, engine))
  return {
    date: new Date().toISOString(),
    machine: describeMachine(engine),
    versions: { twinfer: packageVersion(), node: process.versions.node, engine: effective.engineVersion },
    model: { engine, path: pathFrom(pack, path), ...digest, storage: null, work: null },
    effective: effectiveOf(effective),
  }
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
