import { arch, cpus, platform } from 'node:os'
import type { ModelEngine } from '../inspect/identifyModel.js'
import { native } from '../native.js'
import type { PackMachine } from './manifest/PackManifest.js'

/** The machine that a run of this engine is on. Recording an .onnx needs no addon, and so no CPU features. */
export function describeMachine(engine: ModelEngine): PackMachine {
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
