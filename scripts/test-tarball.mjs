#!/usr/bin/env node
// Packs the package as it would be published and installs the tarball with each package manager into an empty project,
// where PATH holds no compiler, cmake, python or cargo and each manager's cache is empty; then runs a network on both
// engines. Prints times and sizes. Run `npm run prebuild -- --target …` before.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { output } from './engines/tools.mjs'
import { bareTools } from './smoke/bareTools.mjs'
import { checkDemo } from './smoke/checkDemo.mjs'
import { demoProject } from './smoke/demoProject.mjs'
import { pack } from './smoke/pack.mjs'

const LARGEST_TARBALL = 45e6
/** Said, not failed: how long an installation takes is the machine's and the network's too. */
const LONGEST_INSTALL_S = 10

const folder = mkdtempSync(join(tmpdir(), 'twinfer-tarball-'))
try {
  const tarball = pack(folder)
  const targets = tarball.paths.filter((path) => path.endsWith('.node'))
  console.log(`tarball: ${(tarball.bytes / 1e6).toFixed(1)} MB with ${targets.join(', ')}`)
  if (targets.length === 0) throw new Error('prebuilds/ is empty: run `npm run prebuild -- --target …`')
  if (tarball.bytes > LARGEST_TARBALL) throw new Error(`more than ${LARGEST_TARBALL / 1e6} MB`)

  const managers = packageManagers()
  const slow = []
  const PATH = bareTools(join(folder, 'bin'))
  for (const [name, { program, args, run }] of Object.entries(managers)) {
    const project = demoProject(join(folder, 'projects', name.replaceAll(/\W+/g, '-')), tarball.file)
    writeFileSync(join(project, 'yarn.lock'), '') // else Yarn looks for a project above
    const env = { ...inherited(), PATH, HOME: join(folder, 'home', name), ...emptyCaches(name) }
    const started = performance.now()
    output(program, args, { cwd: project, env })
    const seconds = (performance.now() - started) / 1000
    const { runs } = checkDemo(output(...run(project), { cwd: project, env }))
    const quality = runs.map(({ engine, sqnrDb }) => `${engine} ${sqnrDb.toFixed(0)} dB`).join(', ')
    console.log(`${name.padEnd(22)} installed in ${seconds.toFixed(1)} s; ${quality}`)
    if (seconds > LONGEST_INSTALL_S) slow.push(name)
  }
  if (slow.length > 0) console.log(`slow: more than ${LONGEST_INSTALL_S} s for ${slow.join(', ')}`)
} catch (error) {
  process.stderr.write(`twinfer: ${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** How each manager installs what package.json names, and how its project runs the demo. */
function packageManagers() {
  const tools = join(folder, 'managers')
  const wanted = ['pnpm@9', 'yarn@1', '@yarnpkg/cli-dist@4']
  output('npm', ['install', '--prefix', tools, '--no-audit', '--no-fund', ...wanted])
  const node = process.execPath
  const bin = (path) => join(tools, 'node_modules', path)
  const plain = () => [node, ['demo.mjs', 'network']]
  const npm = ['install', '--no-audit', '--no-fund']
  const yarn4 = bin('@yarnpkg/cli-dist/bin/yarn.js')
  return {
    npm: { program: 'npm', args: npm, run: plain },
    'npm --ignore-scripts': { program: 'npm', args: [...npm, '--ignore-scripts'], run: plain },
    pnpm: { program: node, args: [bin('pnpm/bin/pnpm.cjs'), 'install'], run: plain },
    yarn: { program: node, args: [bin('yarn/bin/yarn.js'), 'install'], run: plain },
    "yarn's Plug'n'Play": {
      program: node,
      args: [yarn4, 'install'],
      run: () => [node, [yarn4, 'node', 'demo.mjs', 'network']],
    },
  }
}

/** Without what `npm run` adds for its own script. */
function inherited() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
}

/** An empty cache for each, but the registry that npm is configured with here. */
function emptyCaches(name) {
  const registry = output('npm', ['config', 'get', 'registry']).trim()
  return {
    npm_config_cache: join(folder, 'cache', name),
    npm_config_registry: registry,
    YARN_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_TELEMETRY: '0',
  }
}
