// Models that come and go leave nothing behind: a short run of what `npm run bench:lifetimes` does at length.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

t.setTimeout(patience * 180_000)

interface Held {
  readonly descriptors: number
  readonly threads: number
  readonly children: number
  readonly rssMiB: number
}

t.test(
  'descriptors, threads and processes are as many as before',
  { skip: process.platform !== 'linux' && 'counted in /proc' },
  async (t) => {
    const script = ['--expose-gc', projectPath('bench/lifetimes.mjs'), '--count', '40', '--json']
    const { stdout, stderr, status } = spawnSync(process.execPath, script, { encoding: 'utf8' })
    t.equal(status, 0, stderr)
    const { rows } = JSON.parse(stdout) as {
      rows: readonly { readonly what: string; readonly before: Held; readonly after: Held }[]
    }
    t.equal(rows.length, 6)
    for (const { what, before, after } of rows) {
      t.equal(after.descriptors, before.descriptors, `${what}: descriptors`)
      t.ok(after.threads <= before.threads, `${what}: ${before.threads} threads become ${after.threads}`)
      t.equal(after.children, before.children, `${what}: processes`)
    }
  },
)
