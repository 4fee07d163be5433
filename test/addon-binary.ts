// The built file itself: what it exports and needs decides where it loads.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { projectPath } from './helpers/projectPath.js'

const addon = process.env.TWINFER_ADDON ?? projectPath('build/Release/twinfer.node')
const tools = process.platform === 'linux' && spawnSync('readelf', ['--version']).status === 0
const options = tools ? {} : { skip: 'needs Linux with readelf' }
const sanitized = addon.includes('Sanitize')

const run = (tool: string, ...args: string[]) =>
  spawnSync(tool, [...args, addon], { encoding: 'utf8' }).stdout

t.test('the stack is not executable, though MNN’s assembly asks for it (H13)', options, async (t) => {
  t.match(run('readelf', '-lW'), /GNU_STACK.* RW /)
})

t.test('only the Node-API entry is exported', options, async (t) => {
  const names = run('nm', '-D', '--defined-only')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').at(-1))
  t.same(names.sort(), ['napi_register_module_v1', 'node_api_module_get_api_version_v1'])
})

t.test('nothing is needed but the libc family, and libgomp from beside the addon', options, async (t) => {
  if (sanitized) return t.skip('a sanitized build needs its runtime')
  const dynamic = run('readelf', '-dW')
  const needed = [...dynamic.matchAll(/NEEDED.*\[(.*)\]/g)].map((match) => match[1]!)
  const allowed = /^(libc|libm|libmvec|libpthread|libdl|librt|libgomp|ld-linux.*)\.so/
  t.same(
    needed.filter((name) => !allowed.test(name)),
    [],
  )
  t.match(dynamic, /RUNPATH.*\$ORIGIN/)
})
