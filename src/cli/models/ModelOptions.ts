import { type Command, InvalidArgumentError, Option } from 'commander'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue } from '../../errors/words.js'
import { type OpenOptions, type Precision, precisions } from '../../model/options.js'
import { isOnnxRuntime, type OnnxOptions } from '../../onnx/OnnxRuntime.js'
import { type InputShapes, parseCount, parseInputShape } from '../parseOptions.js'

type Device = 'cpu' | 'auto' | 'vulkan' | `vulkan:${number}`
type EngineOptions = Readonly<Record<string, boolean | number | string>>

/** What the command line can say about how a model runs. */
export interface ModelOptions {
  /** Where the sidecar is, of commands that take one. */
  readonly sidecar?: string
  /** What `twinfer tune` wrote, of commands that take it. */
  readonly tuned?: string
  readonly precision: Precision
  readonly threads?: number
  readonly device: Device
  readonly engineOption?: EngineOptions
  /** Of commands that can run the engine in a process of its own. */
  readonly isolate?: boolean
  /** By the inputs' names. */
  readonly inputShape?: InputShapes
}

/** The options of every command that runs a model. */
export function addModelOptions(command: Command, precision: Precision = 'default'): Command {
  return command
    .addOption(
      new Option('--precision <word>', 'arithmetic and storage')
        .choices(precisions)
        .default(precision, precision === 'default' ? "the engine's own" : undefined),
    )
    .option('--threads <count>', 'threads of the engine', parseCount)
    .option('--device <device>', 'cpu, vulkan, vulkan:INDEX or auto', parseDevice, 'cpu')
    .option(
      '--input-shape <name=sizes>',
      'the shape of an input that the model leaves open, or to run it in another: image=1,3,80,80 (may be repeated)',
      parseInputShape,
    )
    .option(
      '--engine-option <key=value>',
      "one of the engine's own switches, with ncnn. or mnn. before it for that engine only (may be repeated)",
      parseEngineOption,
    )
}

/** `cpu`, `auto`, `vulkan` or `vulkan:INDEX`. */
function parseDevice(text: string): Device {
  if (/^(cpu|auto|vulkan(:\d+)?)$/.test(text)) return text as Device
  throw new InvalidArgumentError('Expected cpu, auto, vulkan or vulkan:INDEX.')
}

/** Adds one `KEY=VALUE`; true, false and numbers become such, anything else stays text. */
function parseEngineOption(text: string, earlier: EngineOptions = {}): EngineOptions {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected KEY=VALUE.')
  return { ...earlier, [text.slice(0, at)]: parseValue(text.slice(at + 1)) }
}

function parseValue(text: string): boolean | number | string {
  if (text === 'true') return true
  if (text === 'false') return false
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** What the command line says, for `open()` and the tracers. */
export function openOptions(engine: 'ncnn' | 'mnn', options: ModelOptions): OpenOptions {
  const { tuned, precision, device } = options
  return {
    engine,
    // What nobody said does not win over what was tuned.
    ...(tuned === undefined || precision !== 'default' ? { precision } : {}),
    ...(tuned === undefined || device !== 'cpu' ? { device } : {}),
    ...(tuned !== undefined && { tuned }),
    engineOptions: engineOptionsFor(engine, options.engineOption ?? {}),
    ...(options.inputShape && { inputShapes: options.inputShape }),
    ...(options.threads !== undefined && { threads: options.threads }),
    ...(options.isolate && { isolate: true }),
    ...(options.sidecar !== undefined && { sidecar: options.sidecar }),
  }
}

/**
 * What the command line says, for onnxruntime: it runs on the CPU and in the file's own precision. Throws
 * TWINFER_INVALID_OPTION or TWINFER_DEVICE_UNAVAILABLE.
 */
export function onnxOptions({
  threads,
  device,
  precision,
  engineOption = {},
  tuned,
}: ModelOptions): OnnxOptions {
  if (tuned !== undefined) {
    throw new TwinferError(
      'TWINFER_INVALID_OPTION',
      'expected a .param or an .mnn for --tuned, received an .onnx',
    )
  }
  if (device.startsWith('vulkan')) {
    throw new TwinferError('TWINFER_DEVICE_UNAVAILABLE', `expected cpu for an .onnx, received ${device}`, {
      help: 'The reference runs on the CPU only. Leave --device out, or use auto.',
    })
  }
  const { runtime, ...unknown } = engineOptionsFor('onnx', engineOption)
  const [name] = Object.keys(unknown)
  if (name !== undefined) throw invalidOption(`expected onnx.runtime, received onnx.${name}`)
  if (runtime !== undefined && !isOnnxRuntime(runtime)) {
    throw invalidOption(`onnx.runtime: expected node or web, received ${describeValue(runtime)}`)
  }
  return {
    precision,
    ...(threads !== undefined && { threads }),
    ...(runtime !== undefined && { runtime }),
  }
}

function invalidOption(message: string): TwinferError {
  return new TwinferError('TWINFER_INVALID_OPTION', message, {
    help: 'onnx.runtime=node is onnxruntime-node, onnx.runtime=web is onnxruntime-web.',
  })
}

/** `mnn.memory=low` goes to MNN only, `memory=low` to whichever engine runs. */
function engineOptionsFor(engine: 'ncnn' | 'mnn' | 'onnx', options: EngineOptions): EngineOptions {
  const own: Record<string, boolean | number | string> = {}
  for (const [name, value] of Object.entries(options)) {
    const [, prefix, bare] = /^(ncnn|mnn|onnx)\.(.+)$/.exec(name) ?? []
    if (prefix === undefined) own[name] = value
    else if (prefix === engine) own[bare!] = value
  }
  return own
}
