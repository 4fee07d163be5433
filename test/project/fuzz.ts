// The targets of `npm run fuzz`, for a few seconds each: they compile, and survive what they start with.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import t from 'tap'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

// The first time, all of cpp/format is compiled with sanitizers.
t.setTimeout(patience * 900_000)

const engines = projectPath(`build/${process.platform}-${process.arch}/engines.cmake`)
const needsEngines = existsSync(engines) ? {} : { skip: 'no headers of the engines: npm run build:engines' }

t.test('the parsers survive damaged files', needsEngines, async (t) => {
  const script = projectPath('scripts/fuzz.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--seconds', '6'], {
    encoding: 'utf8',
  })
  const skipped = /^skip +fuzz: (.*)$/m.exec(stdout)?.[1]
  if (skipped) return t.pass('needs libFuzzer', { skip: skipped })
  t.equal(status, 0, `${stdout}${stderr}`)
  for (const target of ['content', 'ncnn', 'ncnn_layers', 'mnn', 'mnn_tables'])
    t.ok(Number(RegExp(`^${target}: (\\d+) executions`, 'm').exec(stdout)?.[1]) > 100, `${target}: ${stdout}`)
})
