import type { EngineOptions } from './ModelOptions.js'

/** `mnn.memory=low` goes to MNN only, `memory=low` to whichever engine runs. */
export function engineOptionsFor(engine: 'ncnn' | 'mnn' | 'onnx', options: EngineOptions): EngineOptions {
  const own: Record<string, boolean | number | string> = {}
  for (const [name, value] of Object.entries(options)) {
    const [, prefix, bare] = /^(ncnn|mnn|onnx)\.(.+)$/.exec(name) ?? []
    if (prefix === undefined) own[name] = value
    else if (prefix === engine) own[bare!] = value
  }
  return own
}
