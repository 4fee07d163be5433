import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { zigFolder } from '../wasm/fetchZig.mjs'
import { cacheRoot, pins } from './paths.mjs'
import { hostTarget } from './targets.mjs'

/** The names of what brings a tool, where they differ from the tool's own. */
const packages = {
  'apt-get': {
    compiler: 'g++',
    ninja: 'ninja-build',
    python: 'python3',
    venv: 'python3-venv',
    pip: 'python3-pip',
  },
  dnf: { compiler: 'gcc-c++', ninja: 'ninja-build', python: 'python3', venv: 'python3', pip: 'python3-pip' },
  pacman: { compiler: 'gcc', python: 'python', venv: 'python', pip: 'python-pip', cargo: 'rust' },
}
const install = { 'apt-get': 'apt-get install', dnf: 'dnf install', pacman: 'pacman -S' }

/** What this machine's build needs and does not find. What the cache holds already is not fetched, and needs no tool. */
export function missingTools() {
  const fetchesNcnn = isToFetch('ncnn')
  const fetchesMnn = isToFetch('mnn')
  const fetchesZig = !process.env.TWINFER_ZIG && !existsSync(zigFolder())
  const { compiler } = hostTarget()
  const cmake = versionOf('cmake')
  const needs = [
    {
      tool: 'compiler',
      name: `'${compiler}'`,
      purpose: 'a C++17 compiler',
      found: versionOf(compiler) !== undefined,
    },
    {
      tool: 'cmake',
      name: cmake ? `'cmake' is ${cmake.join('.')}` : "'cmake'",
      purpose: 'CMake 3.20 or newer',
      found: cmake && (cmake[0] > 3 || (cmake[0] === 3 && cmake[1] >= 20)),
    },
    {
      tool: 'ninja',
      name: "'ninja' or 'make'",
      purpose: 'one of them, for CMake',
      found: versionOf('ninja') !== undefined || versionOf('make') !== undefined,
    },
    {
      tool: 'python',
      name: "'python3'",
      purpose: "fetches ncnn's source and zig",
      instead: 'TWINFER_NCNN_SOURCE and TWINFER_ZIG',
      found: !(fetchesNcnn || fetchesZig) || versionOf('python3') !== undefined,
    },
    {
      tool: 'venv',
      name: "python3's venv",
      purpose: "fetches ncnn's source",
      instead: 'TWINFER_NCNN_SOURCE',
      // Debian's python3 has a venv that cannot fill what it makes.
      found: !fetchesNcnn || works('python3', '-c', 'import ensurepip, venv'),
    },
    {
      tool: 'pip',
      name: "python3's pip",
      purpose: 'fetches zig',
      instead: 'TWINFER_ZIG',
      found: !fetchesZig || works('python3', '-m', 'pip', '--version'),
    },
    {
      tool: 'cargo',
      name: "'cargo'",
      purpose: "fetches MNN's source; nothing is compiled with Rust",
      instead: 'TWINFER_MNN_SOURCE',
      found: !fetchesMnn || versionOf('cargo') !== undefined,
    },
    {
      tool: 'tar',
      name: "'tar'",
      purpose: 'unpacks both sources',
      instead: 'TWINFER_NCNN_SOURCE and TWINFER_MNN_SOURCE',
      found: !(fetchesNcnn || fetchesMnn) || versionOf('tar') !== undefined,
    },
  ]
  return needs.filter(({ found }) => !found)
}

/** What to say about them, with the line that installs them where the system has a package manager that is known. */
export function requestFor(missing) {
  const lines = missing.map(
    ({ name, purpose, instead }) => `  ${name}: ${purpose}${instead ? ` (or set ${instead})` : ''}`,
  )
  const manager = Object.keys(install).find((name) => works(name, '--version'))
  const names = missing.map(({ tool }) => packages[manager]?.[tool] ?? tool)
  const root = process.getuid?.() === 0 ? '' : 'sudo '
  const line = manager
    ? `\nInstall them:\n  ${root}${install[manager]} ${[...new Set(names)].join(' ')}`
    : '\nInstall them with the package manager of this system.'
  return `the build needs what was not found here:\n${lines.join('\n')}${line}\nThen run the same command again.`
}

function isToFetch(engine) {
  if (process.env[`TWINFER_${engine.toUpperCase()}_SOURCE`]) return false
  const { version, sha256 } = pins[engine]
  return !existsSync(join(cacheRoot(), 'sources', `${engine}-${version}-${sha256.slice(0, 12)}`))
}

function works(program, ...args) {
  return spawnSync(program, args).status === 0
}

/** The first numbers that a program says of itself; undefined where it is not there. */
function versionOf(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0].split('.').map(Number) ?? []) : undefined
}
