import { writeError } from '../output/writeError.js'
import { wantsJson } from '../wantsJson.js'

const causes: Readonly<Record<string, string>> = {
  SIGILL: 'It used an instruction that this CPU does not have: see `twinfer doctor`.',
  SIGKILL: 'The system killed it, most often because memory ran out.',
}

/** Says what happened to a child that gave no exit code. */
export function reportCrash(crash: string, args: readonly string[], hasAnswered: boolean): void {
  const when = hasAnswered ? 'while it ended; the answer above is complete' : 'before it gave an answer'
  writeError(
    {
      code: 'TWINFER_ENGINE_CRASHED',
      message: `\`twinfer ${args.join(' ')}\` crashed (${crash}) ${when}`,
      help: [
        causes[crash] ?? 'The model file may be damaged in a way that the engine does not check.',
        'Look at the file with `twinfer inspect MODEL`; if it is sound, please report this.',
      ].join(' '),
      log: [],
    },
    wantsJson(args) && !hasAnswered,
  )
}
