import { TwinferError } from '../../errors/TwinferError.js'
import { requireContent } from '../../inspect/content/requireContent.js'
import { sniffContent } from '../../inspect/content/sniffContent.js'
import { nearestFile } from '../../inspect/files/nearestFile.js'
import { readStart } from '../../inspect/files/readStart.js'
import { weightsBeside, weightsPath } from '../../inspect/ncnn/weightsBeside.js'

/** Says in plain words what an engine would only fail on: another kind of file, or a .param without its .bin. */
export async function requireRunnable(path: string, engine: 'ncnn' | 'mnn'): Promise<void> {
  const start = await readStart(path)
  // Binary or text, a .param is one by its content.
  const isBinaryParam = engine === 'ncnn' && sniffContent(start).kind === 'ncnn-param-bin'
  if (!isBinaryParam) requireContent(start, engine === 'mnn' ? 'mnn' : 'ncnn-param', path)
  if (engine === 'mnn' || !/\.param(\.bin)?$/i.test(path) || (await weightsBeside(path))) return
  const wanted = weightsPath(path)
  const near = await nearestFile(wanted)
  throw new TwinferError('TWINFER_FILE_NOT_FOUND', `no weights beside ${path}: expected ${wanted}`, {
    help:
      near?.toLowerCase().endsWith('.bin') === true
        ? `Did you mean ${near}? The .bin must have the same stem as the .param.`
        : 'Copy the .bin into the same folder, with the same stem as the .param.',
  })
}
