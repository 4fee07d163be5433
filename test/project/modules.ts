// What `import 'twinfer/compare'` loads: every module is a file to be found and read, on a board from a memory card.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

const mostModules = 80

t.test('twinfer/compare loads few modules', (t) => {
  const hook = `export async function load(url, context, next) {
    if (url.includes('/dist/')) process._rawDebug(url)
    return next(url, context)
  }`
  const script = `import { register } from 'node:module'
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})
    await import('twinfer/compare')`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: projectPath('.'),
    encoding: 'utf8',
  })
  t.equal(status, 0, stderr)
  const modules = stderr.split('\n').filter((line) => line.startsWith('file:'))
  t.ok(modules.length > 20, 'they are counted')
  t.ok(modules.length <= mostModules, `${modules.length} modules:\n${modules.join('\n')}`)
  t.end()
})
