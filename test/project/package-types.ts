import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import t from 'tap'
import ts from 'typescript'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

t.setTimeout(patience * 300_000)

const manifest = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'))
const entries: readonly string[] = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'))

/** A folder in which `twinfer` is installed, as far as a compiler is concerned. */
function consumer(folder: string): string {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(projectPath('.'), join(folder, 'node_modules/twinfer'))
  symlinkSync(projectPath('node_modules/@types'), join(folder, 'node_modules/@types'))
  return folder
}

const { ModuleKind, ModuleResolutionKind } = ts
const modes: Readonly<Record<string, readonly [extension: string, ts.CompilerOptions]>> = {
  'nodenext, ES module': ['mts', { module: ModuleKind.NodeNext }],
  'nodenext, CommonJS': ['cts', { module: ModuleKind.NodeNext }],
  'node16, ES module': ['mts', { module: ModuleKind.Node16 }],
  'node16, CommonJS': ['cts', { module: ModuleKind.Node16 }],
  bundler: ['ts', { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler }],
  'commonjs, node10': ['ts', { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 }],
}

for (const [mode, [extension, options]] of Object.entries(modes)) {
  t.test(`the types compile: ${mode}`, async (t) => {
    const file = join(consumer(t.testdir()), `consumer.${extension}`)
    cpSync(fixture('consumer/consumer.ts'), file)
    const program = ts.createProgram([file], {
      ...options,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      // @types/node has declarations that a compiler may be too old or too new for.
      skipLibCheck: false,
    })
    const wrong = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => !file?.fileName.includes('node_modules'))
      .map(({ file, start = 0, messageText }) => {
        const { line } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0 }
        return `${file?.fileName}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      })
    t.same(wrong, [])
  })
}

t.test('publint has nothing to say', async (t) => {
  const { messages } = await publint({ pkgDir: projectPath('.'), strict: true, pack: false })
  t.same(
    messages.map((message) => formatMessage(message, manifest)),
    [],
  )
})

t.test('are-the-types-wrong: they are not', async (t) => {
  // Without prebuilds and a build: only declarations and what they belong to are looked at.
  const folder = t.testdir()
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ ...manifest, scripts: {}, files: ['dist', 'bin'] }),
  )
  for (const part of ['dist', 'bin']) cpSync(projectPath(part), join(folder, part), { recursive: true })
  spawnSync('npm', ['pack', '--ignore-scripts', '--silent'], {
    cwd: folder,
    shell: process.platform === 'win32',
  })
  const attw = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')
  const script = join(attw, '../dist/index.js')
  const packed = join(folder, `twinfer-${manifest.version}.tgz`)
  const { status, stdout } = spawnSync(
    process.execPath,
    // A JSON Schema has no types.
    [script, packed, '--format', 'ascii', '--no-color', '--exclude-entrypoints', './sidecar.schema.json'],
    {
      encoding: 'utf8',
    },
  )
  t.equal(status, 0, stdout)
})

t.test('require() gives the same module as import', async (t) => {
  const require = createRequire(projectPath('test/x.js'))
  for (const entry of entries) {
    const name = join('twinfer', entry)
    t.equal(require(name), await import(name), name)
  }
})
