// A thread may be ended at any moment of any call. `npm run bench:terminations` does it a thousand times and
// watches the memory; what aborted did so within some dozens.
import t from 'tap'
import { isSanitized } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'
import { runIn } from '../helpers/runtimes.js'

interface Report {
  readonly terminated: number
  readonly died: string | null
  readonly rows: readonly { readonly call: string; readonly engine: string; readonly failure: string }[]
}

const script = projectPath('bench/terminations.mjs')

function terminations(...options: readonly string[]): Report {
  return JSON.parse(runIn([process.execPath, script, '--json'], ...options).stdout)
}

for (const [what, count, options] of [
  ['while it loads the addon', isSanitized ? 40 : 120, ['--call', 'load']],
  ['in every call of both engines', isSanitized ? 31 : 93, []],
] as const) {
  t.test(`a thread that is terminated ${what} takes nothing with it`, async (t) => {
    const { terminated, died, rows } = terminations('--count', String(count), ...options)
    t.equal(died, null, 'the process lives on')
    t.equal(terminated, count)
    t.same(
      rows.filter(({ failure }) => failure !== ''),
      [],
      'and every call worked until then',
    )
  })
}
