// The child of `Workbench`: opens settings, runs and times them, and ends with its parent.

import { plainTensors, tensorsOf } from '../diagnose/mixed/Trials.js'
import { failureOf } from '../errors/failure.js'
import { ModelFile } from '../file/ModelFile.js'
import { open } from '../model/open.js'
import { native } from '../native/native.js'
import { openOnnx } from '../onnx/OnnxModel.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { openTracer } from '../trace/traceLayers.js'
import type { Opened, RanSettings, TimedLayer, WorkAnswer, WorkRequest, WorkSource } from './Workbench.js'

interface OpenSetting {
  readonly run: (inputs: NamedTensors) => NamedTensors | Promise<NamedTensors>
  effective(): RanSettings
  readonly dispose: () => Promise<void>
  readonly opened: Opened
  feeds: readonly NamedTensors[]
}

const settings = new Map<number, OpenSetting>()

process.once('disconnect', () => process.exit(2))
process.on('message', async (request: WorkRequest) => process.send?.(await answer(request)))

async function answer(request: WorkRequest): Promise<WorkAnswer> {
  try {
    return await work(request)
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

async function work(request: WorkRequest): Promise<WorkAnswer> {
  switch (request.ask) {
    case 'open': {
      const setting = await openSetting(request.source)
      settings.set(request.id, setting)
      return setting.opened
    }
    case 'run':
      return run(settings.get(request.id)!, request.feeds.map(tensorsOf))
    case 'time':
      return { times: await timeBlock(settings.get(request.id)!, request.ms) }
    case 'layers':
      return { layers: await timeLayers(request.source, tensorsOf(request.feeds)) }
  }
}

async function openSetting(source: WorkSource): Promise<OpenSetting> {
  const before = process.memoryUsage.rss()
  if (source.engine === 'onnxruntime') {
    const model = await openOnnx(String(source.model), {
      ...(source.options.threads !== undefined && { threads: source.options.threads }),
      runtime: source.runtime ?? 'node',
      optimised: true,
    })
    const { inputs, outputs, loadMs, effective } = model
    return {
      run: (feeds) => model.run(feeds),
      effective: () => ({ ...effective, options: {} }),
      dispose: () => model.dispose(),
      opened: {
        loadMs,
        inputs,
        outputs: outputs.map(({ name }) => name),
        effective: { ...effective, options: {} },
        rssBefore: before,
      },
      feeds: [],
    }
  }
  native() // loading the addon is no part of loading a model
  const { engine, weights } = source
  const file = await ModelFile.from(source.model, { engine, weights })
  const rssBefore = process.memoryUsage.rss()
  const model = await open(file, source.options)
  const { inputs, outputs, loadMs, effective } = model
  return {
    run: (feeds) => model.runSync(feeds),
    effective: () => model.effective,
    dispose: () => model.dispose(),
    opened: { loadMs, inputs, outputs: outputs.map(({ name }) => name), effective, rssBefore },
    feeds: [],
  }
}

async function run(setting: OpenSetting, feeds: readonly NamedTensors[]): Promise<WorkAnswer> {
  setting.feeds = feeds
  const start = performance.now()
  const first = await setting.run(feeds[0]!)
  const firstMs = performance.now() - start
  const outputs = [plainTensors(first)]
  for (const each of feeds.slice(1)) outputs.push(plainTensors(await setting.run(each)))
  await setting.run(feeds[0]!) // what ends a process, or doubles its memory, may do so the second time
  return {
    firstMs,
    effective: setting.effective(),
    outputs,
    rss: process.memoryUsage.rss(),
    peakRss: process.resourceUsage().maxRSS * 1024,
  }
}

const mostTimes = 200_000

/** The first runs find another setting's data in the caches, and are not counted: a tenth of the block, or one. */
async function timeBlock({ run, feeds, opened }: OpenSetting, ms: number): Promise<Float64Array> {
  const inputs = feeds[0]!
  const start = performance.now()
  do await run(inputs)
  while (performance.now() - start < ms / 10)
  const times: number[] = []
  const begun = performance.now()
  // onnxruntime knows no other way; awaiting what is there already would add to the rest.
  const isPromised = opened.effective.engine === 'onnx'
  let now = begun
  do {
    if (isPromised) await run(inputs)
    else run(inputs)
    const end = performance.now()
    times.push(end - now)
    now = end
  } while (now - begun < ms && times.length < mostTimes)
  return Float64Array.from(times)
}

async function timeLayers(source: WorkSource, feeds: NamedTensors): Promise<readonly TimedLayer[]> {
  const file = await ModelFile.from(source.model, {
    engine: source.engine as 'ncnn' | 'mnn',
    weights: source.weights,
  })
  const tracer = await openTracer(file, source.options)
  try {
    const layers: TimedLayer[] = []
    await tracer.trace(feeds, ({ name, type, blob, shape, ms }) => {
      layers.push({ name, type, blob, shape: [...shape], ms })
    })
    return layers
  } finally {
    await tracer.dispose()
  }
}
