import { TwinferError } from '../../errors/TwinferError.js'
import { requireContent } from '../content/requireContent.js'
import { sniffContent } from '../content/sniffContent.js'
import { readWhole } from '../files/readWhole.js'
import { requireFile } from '../files/requireFile.js'
import type { NcnnParam } from './NcnnParam.js'
import type { ParamError } from './paramError.js'
import { scanBinaryParam } from './parseBinaryParam.js'
import { scanParam } from './parseParam.js'

/** A .param is a few hundred kilobytes at most; a file of this size is something else. */
const mostBytes = 256 * 1024 * 1024

export interface ReadParam {
  readonly format: 'ncnn-param' | 'ncnn-param-bin'
  /** Empty for a binary one. */
  readonly text: string
  readonly param: NcnnParam
}

/**
 * Reads a .param, text or binary, as far as it can be read, and reports every problem. Throws
 * TWINFER_MODEL_INVALID where it is none at all.
 */
export async function readParam(file: string, report: (problem: ParamError) => void): Promise<ReadParam> {
  const size = await requireFile(file, 'model')
  const bytes = size > mostBytes ? new Uint8Array([1]) : await readWhole(file)
  const start = bytes.subarray(0, 4096)
  if (sniffContent(start) === 'ncnn-param-bin')
    return { format: 'ncnn-param-bin', text: '', param: scanBinaryParam(bytes, file, report) }
  requireContent(start, 'ncnn-param', file)
  if (bytes.includes(0) || size > mostBytes) {
    throw new TwinferError('TWINFER_MODEL_INVALID', `${file}: expected text, found binary data`, {
      help: 'Check that the path names an ncnn .param.',
    })
  }
  // The decoder keeps a byte order mark only when asked to, and the parser reports it.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return { format: 'ncnn-param', text, param: scanParam(text, file, report) }
}
