import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { crashOf } from '../../process/childProcesses.js'
import type { ErrorDocument } from '../CommandResult.js'

const script = fileURLToPath(new URL('openChild.js', import.meta.url))

/** Opens a model in a process of its own: what is damaged in a way that nobody thought of may end it. */
export async function openApart({ engine, path = '' }: ModelFile): Promise<void> {
  const child = fork(script, [path, engine], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  let failure: ErrorDocument | null | undefined
  child.on('message', (message: ErrorDocument | null) => {
    failure = message
  })
  const ended = await new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(crashOf(code, signal)))
  })
  if (failure) throw new TwinferError(failure.code, failure.message, failure)
  if (failure === null) return
  throw new TwinferError(
    'TWINFER_ENGINE_CRASHED',
    `opening it ends the process${ended === undefined ? '' : ` (${ended})`}`,
    { help: 'The file is damaged in a way that the engine does not check: convert it again.' },
  )
}
