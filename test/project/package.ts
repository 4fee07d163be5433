import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

t.test('require() and import give the same package', async (t) => {
  const required = createRequire(import.meta.url)('twinfer')
  const imported = await import('twinfer')
  t.equal(required.open, imported.open)
  t.same(Object.keys(required).sort(), [
    'Model',
    'Tensor',
    'TwinferError',
    'open',
    'precisions',
    'readNpy',
    'setLogger',
    'writeNpy',
  ])
})

t.test('every subpath loads', async (t) => {
  t.ok((await import('twinfer/ncnn')).Net)
  t.ok((await import('twinfer/mnn')).Interpreter)
  t.ok((await import('twinfer/compare')).compareTensors)
  t.ok((await import('twinfer/npy')).parseNpy)
  t.ok((await import('twinfer/preprocess')).preprocess)
  t.ok((await import('twinfer/bench')).bench)
})

t.test('an addon that does not load gives a sentence with the platform and what to do', async (t) => {
  const source =
    "import('twinfer').then(({ open }) => open('test/fixtures/digits8-cnn/model.mnn')).catch((e) => console.log(JSON.stringify({ code: e.code, message: e.message, help: e.help })))"
  const { stdout } = spawnSync(process.execPath, ['-e', source], {
    cwd: projectPath('.'),
    encoding: 'utf8',
    env: { ...process.env, TWINFER_ADDON: projectPath('package.json') },
  })
  t.match(JSON.parse(stdout), {
    code: 'TWINFER_NATIVE_LOAD_FAILED',
    message: RegExp(process.arch),
    help: /TWINFER_ADDON names this file/,
  })
})

t.test('an installation runs no script, neither of this package nor of one that it depends on', async (t) => {
  const read = (file: string) => JSON.parse(readFileSync(projectPath(file), 'utf8'))
  const { scripts } = read('package.json') as { scripts: Record<string, string> }
  for (const name of ['preinstall', 'install', 'postinstall']) t.notOk(scripts[name], name)
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
  }
  const running = Object.entries(packages).filter(([, { dev, hasInstallScript }]) => !dev && hasInstallScript)
  t.same(
    running.map(([name]) => name),
    [],
  )
})
