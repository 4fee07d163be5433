import { identifyModel } from '../../inspect/identifyModel.js'
import type { EngineOptions, ModelOptions } from './ModelOptions.js'
import type { RunnableModel } from './RunnableModel.js'
import { requireRunnable } from './requireRunnable.js'

/** Opens a .param, .mnn or .onnx. What its engine prints, then and later, is added to `log`. */
export async function openModel(path: string, options: ModelOptions, log: string[]): Promise<RunnableModel> {
  const engine = await identifyModel(path)
  if (engine === 'onnx') {
    const { openOnnx } = await import('../../onnx/openOnnx.js')
    return openOnnx(path, { ...(options.threads !== undefined && { threads: options.threads }) })
  }
  await requireRunnable(path, engine)
  const { open } = await import('../../model/index.js')
  return open(path, {
    engine,
    precision: options.precision,
    device: options.device,
    engineOptions: optionsFor(engine, options.engineOption ?? {}),
    ...(options.threads !== undefined && { threads: options.threads }),
    logger: ({ text }) => log.push(text),
  })
}

/** `mnn.memory=low` goes to MNN only, `memory=low` to whichever engine runs. */
function optionsFor(engine: 'ncnn' | 'mnn', options: EngineOptions): EngineOptions {
  const own: Record<string, boolean | number | string> = {}
  for (const [name, value] of Object.entries(options)) {
    const [, prefix, bare] = /^(ncnn|mnn)\.(.+)$/.exec(name) ?? []
    if (prefix === undefined) own[name] = value
    else if (prefix === engine) own[bare!] = value
  }
  return own
}
