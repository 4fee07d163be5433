// What `npm run test:tsan` runs, on the addon that is built: it uses models in every way that it says, and ends.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 60_000)

t.test('models are used on many threads, aborted, disposed of and terminated', (t) => {
  const script = new URL('../../scripts/threads/useThreads.mjs', import.meta.url).pathname
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '1', fixture('digits8-cnn')], {
    encoding: 'utf8',
  })
  t.same([status, stdout, stderr], [0, 'used\n', ''])
  t.end()
})
