import type { NativeLayer } from '../native.js'
import type { TraceStep } from './LayerTracer.js'

export interface NcnnStep extends TraceStep {
  /** Its place in the .param. */
  readonly layer: number
}

/** The layers without Input and Split: a Split's blobs are its bottom under other names, and are called so. */
export function ncnnSteps(layers: readonly NativeLayer[]): readonly NcnnStep[] {
  const sources = new Map<string, string>()
  const source = (blob: string) => sources.get(blob) ?? blob
  const steps: NcnnStep[] = []
  for (const [layer, { name, type, bottoms, tops }] of layers.entries()) {
    const inputs = bottoms.map(source)
    if (type === 'Split') for (const top of tops) sources.set(top, inputs[0]!)
    else if (type !== 'Input') steps.push({ layer, name, type, inputs, outputs: tops })
  }
  return steps
}
