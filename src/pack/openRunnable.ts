import { existsSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { answering } from '../errors/answering.js'
import type { OptionNames } from '../errors/requireOptions.js'
import { TwinferError } from '../errors/TwinferError.js'
import { type DigestedFile, digestFiles } from '../file/FileOrBytes.js'
import type { ModelFile } from '../file/ModelFile.js'
import { pathInside } from '../file/pathInside.js'
import type { Model } from '../model/Model.js'
import type { OpenOptions } from '../model/options.js'
import type { OnnxModel } from '../onnx/OnnxModel.js'
import type { OnnxOptions } from '../onnx/OnnxRuntime.js'
import type { LayerTracer } from '../trace/LayerTracer.js'
import type { ZipLimits } from '../zip/ZipArchive.js'
import { Pack } from './Pack.js'

/** How a model is opened: as `open()` takes it; for an .onnx, `engineOptions.runtime` is 'node' or 'web'. */
export type RunnableOptions = Pick<
  OpenOptions,
  'precision' | 'threads' | 'device' | 'engineOptions' | 'inputShapes' | 'logger' | 'sidecar'
>

export const runnableOptionNames: OptionNames<RunnableOptions> = {
  precision: true,
  threads: true,
  device: true,
  engineOptions: true,
  inputShapes: true,
  logger: true,
  sidecar: true,
}

/**
 * Engines are loaded when one is needed: judging a pack of an .onnx needs no onnxruntime. `lanes` are as of `open()`; an
 * .onnx has none.
 */
export async function openRunnable(
  file: ModelFile,
  options: RunnableOptions,
  lanes?: number,
): Promise<Model | OnnxModel> {
  if (file.engine === 'onnx') {
    const { openOnnx } = await import('../onnx/OnnxModel.js')
    return openOnnx(file.requirePath(), onnxOptions(options))
  }
  const { open } = await import('../model/open.js')
  return open(file, lanes === undefined ? options : { ...options, lanes })
}

export async function openLayerTracer(file: ModelFile, options: RunnableOptions): Promise<LayerTracer> {
  if (file.engine === 'onnx') {
    const { OnnxTracer } = await import('../trace/OnnxTracer.js')
    return OnnxTracer.open(file.requirePath(), onnxOptions(options))
  }
  const { openTracer } = await import('../trace/traceLayers.js')
  return openTracer(file, options)
}

function onnxOptions({ threads, precision, engineOptions = {} }: RunnableOptions): OnnxOptions {
  return {
    ...engineOptions,
    ...(threads !== undefined && { threads }),
    ...(precision !== undefined && { precision }),
  }
}

/**
 * The model that a pack was recorded from: where it was beside the pack, or under that path or its bare name in the pack's
 * and the current folder. A pack may come from a stranger: where its path leads out of both, only the very file that was
 * recorded is opened, by its size and SHA-256. Throws TWINFER_FILE_NOT_FOUND.
 */
export async function findModel({ file, manifest }: Pack): Promise<string> {
  const { path, files } = manifest.recorded.model
  const folders = [dirname(resolve(file)), process.cwd()]
  const places = new Set(
    [path, basename(path)].flatMap((name) => folders.map((folder) => resolve(folder, name))),
  )
  for (const place of places) {
    if (!existsSync(place)) continue
    if (folders.some((folder) => pathInside(folder, place) !== undefined)) return place
    if (await isOneOf(files, place)) return place
  }
  throw new TwinferError(
    'TWINFER_FILE_NOT_FOUND',
    `${file} was recorded from ${path}: expected that model at ${[...places].join(' or ')}, received nothing there`,
    {
      help: "Name the model to verify: `twinfer verify PACK MODEL`. It may be another file of the same network. Outside of the pack's and the current folder only the file that was recorded is taken.",
    },
  )
}

async function isOneOf(files: readonly DigestedFile[], place: string): Promise<boolean> {
  const known = files.find(({ name }) => name === basename(place))
  const found = statSync(place)
  // Before anything of it is read.
  if (!known || !found.isFile() || found.size !== known.bytes) return false
  return (await digestFiles([place])).sha256 === known.sha256
}

/** The same for a pack that is not open. Throws what `Pack.open` throws, too. */
export const recordedModel = answering(
  'recordedModel',
  async function recordedModel(file: string, limits?: ZipLimits): Promise<string> {
    const pack = await Pack.open(file, limits)
    try {
      return await findModel(pack)
    } finally {
      await pack.close()
    }
  },
)
