import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { answering } from '../../../errors/answering.js'
import { TwinferError } from '../../../errors/TwinferError.js'
import { describeValue } from '../../../errors/words.js'
import { readText } from '../../../file/readText.js'
import { requireSidecar } from '../parseSidecar.js'
import { FieldReader, type Fields, type Import, importError } from './Import.js'
import { importHuggingFace } from './importHuggingFace.js'
import { importOpenMmlab } from './importOpenMmlab.js'
import { importTimm } from './importTimm.js'
import { importTorchvision } from './importTorchvision.js'
import { importUltralytics } from './importUltralytics.js'

/** Whose configuration a file is, as its name or a prefix says, or as its fields tell. */
const readers: Readonly<Record<string, (config: FieldReader) => Import>> = {
  timm: importTimm,
  'hugging-face': importHuggingFace,
  openmmlab: importOpenMmlab,
  ultralytics: importUltralytics,
  twinfer: importSidecar,
}

/**
 * What another tool's configuration says of how pixels become the input: a file, `torchvision:NAME` for the name of
 * weights, or `timm:FILE`, `hugging-face:FILE`, `openmmlab:FILE`, `ultralytics:FILE` and `twinfer:FILE` where the file
 * does not tell by itself whose it is. Fields that it leaves open are undefined: nothing is made up.
 *
 * Throws TWINFER_FILE_NOT_FOUND, TWINFER_FILE_UNREADABLE, TWINFER_INVALID_OPTION for weights of no such name, and
 * TWINFER_SIDECAR_INVALID for what none of these tools writes, with its place.
 */
export const importRecord = answering(
  'importRecord',
  async function importRecord(from: string): Promise<Import> {
    const [, prefix, rest] = /^([a-z-]+):(.+)$/s.exec(from) ?? []
    if (prefix === 'torchvision' && rest !== undefined) return importTorchvision(rest)
    const reader = prefix !== undefined && Object.hasOwn(readers, prefix) ? readers[prefix] : undefined
    const path = reader === undefined ? from : rest!
    if (prefix === 'timm' && !existsSync(path)) throw noTimmFile(path)
    const fields = await readFields(path)
    const read = reader ?? readerFor(fields)
    if (read === undefined) throw ofNoTool(path)
    return read(new FieldReader(basename(path), fields))
  },
)

/** JSON, or YAML where it is none. YAML is read by a library that is loaded for it alone. */
async function readFields(path: string): Promise<Fields> {
  const text = (await readText(path)).replace(/^\uFEFF/, '')
  const value = await parse(text, path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw importError(path, `expected the fields of a configuration, received ${describeValue(value)}`)
}

async function parse(text: string, path: string): Promise<unknown> {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch (cause) {
      if (/\.json$/i.test(path)) throw importError(path, `expected JSON: ${(cause as Error).message}`)
    }
  }
  const yaml = await import('yaml')
  try {
    // A file of a stranger: a few aliases inside one another could stand for more than fits into memory.
    return yaml.parse(text, { maxAliasCount: 100, logLevel: 'error' })
  } catch (cause) {
    throw importError(path, `expected JSON or YAML: ${(cause as Error).message.split('\n')[0]}`)
  }
}

function readerFor(fields: Fields): ((config: FieldReader) => Import) | undefined {
  const has = (...names: readonly string[]) => names.some((name) => Object.hasOwn(fields, name))
  if (fields.format === 'twinfer-sidecar') return importSidecar
  if (has('pretrained_cfg') || (has('input_size') && has('crop_pct', 'interpolation'))) return importTimm
  if (has('image_processor_type', 'feature_extractor_type', 'image_mean', 'do_normalize', 'do_resize')) {
    return importHuggingFace
  }
  if (has('data_preprocessor') || (has('mean', 'std') && has('bgr_to_rgb', 'to_rgb'))) return importOpenMmlab
  if (has('imgsz') && has('names', 'task', 'stride')) return importUltralytics
  return undefined
}

/** The sidecar of the same network in another form, whose inputs and outputs have other names: its first ones. */
function importSidecar({ file, fields }: FieldReader): Import {
  const { inputs, outputs } = requireSidecar(fields, file)
  const [input] = Object.values(inputs)
  const [output] = Object.values(outputs)
  if (Object.keys(inputs).length > 1 || input === undefined) {
    throw importError(file, `expected a sidecar with one input, received ${Object.keys(inputs).length}`)
  }
  const { meaning, labels } = output ?? {}
  const record = input.image ?? {}
  if (typeof labels === 'string') {
    return {
      kind: 'twinfer',
      from: file,
      record,
      audio: input.audio,
      meaning,
      notes: [`The labels are in ${labels}: give them with --labels.`],
    }
  }
  return { kind: 'twinfer', from: file, record, audio: input.audio, meaning, labels, notes: [] }
}

function noTimmFile(name: string): TwinferError {
  return new TwinferError(
    'TWINFER_FILE_NOT_FOUND',
    `timm: expected a file, received '${name}', which is none`,
    {
      help: `Save the configuration of the model that was converted: python -c "import json, timm; print(json.dumps(timm.create_model('${name.replaceAll(/[^\w.-]/g, '')}').pretrained_cfg))" > timm.json`,
    },
  )
}

function ofNoTool(path: string): TwinferError {
  return importError(
    path,
    'expected a configuration of timm, Hugging Face, MMSegmentation, MMDetection or Ultralytics, or a sidecar; received none of their fields',
    'Where it is one, say whose: timm:FILE, hugging-face:FILE, openmmlab:FILE, ultralytics:FILE. Else give the fields as options.',
  )
}
