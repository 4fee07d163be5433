import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { sha256 } from './checksum.mjs'
import { once } from './once.mjs'
import { cacheRoot, pins, projectRoot } from './paths.mjs'
import { buildProgress } from './progress.mjs'
import { generator, output, requireTool, stream } from './tools.mjs'

const hooks = join(projectRoot, 'cpp/log/hooks')

/**
 * Builds one engine as static libraries into the cache, once per version, target, options and compiler.
 * `engine` is { name, fetch, cmakeArguments(), install(source, build, prefix) }.
 */
export async function buildEngine(engine, target) {
  const toolchain = target.toolchain
  const compiler = requireTool(
    target.compiler,
    `building ${engine.name}`,
    'Install a C++17 compiler (GCC 12 is what the project is tested with).',
  )
  requireTool('cmake', `building ${engine.name}`, 'Install CMake 3.20 or newer.')
  const options = join(projectRoot, `cmake/${engine.name}-options.cmake`)
  const sanitizing = target.sanitize ? [join(projectRoot, 'cmake/sanitize-options.cmake')] : []
  const files = [options, ...sanitizing, ...filesUnder(hooks), ...(toolchain ? [toolchain] : [])].map(
    (file) => readFileSync(file),
  )
  const key = sha256(
    [JSON.stringify(pins[engine.name]), compiler, ...engine.cmakeArguments('hooks'), ...files].join('\0'),
  ).slice(0, 12)
  const source = await engine.fetch()
  const overridden = process.env[`TWINFER_${engine.name.toUpperCase()}_SOURCE`]
  const version = overridden ? `custom-${sha256(overridden).slice(0, 8)}` : pins[engine.name].version
  return once(
    join(cacheRoot(), 'engines', `${engine.name}-${version}-${target.name}-${key}`),
    async (prefix) => {
      const build = join(prefix, 'build')
      const progress = buildProgress(`Building ${engine.name} ${version} for ${target.name}`)
      const toolchainArguments = toolchain ? [`-DCMAKE_TOOLCHAIN_FILE=${toolchain}`] : []
      const initial = [...sanitizing, options].flatMap((file) => ['-C', file])
      const configure = [...initial, '-S', source, '-B', build, ...generator(), ...toolchainArguments]
      output('cmake', [
        ...configure,
        '-DCMAKE_BUILD_TYPE=Release',
        '-DCMAKE_POSITION_INDEPENDENT_CODE=ON',
        `-DCMAKE_INSTALL_PREFIX=${prefix}`,
        ...engine.cmakeArguments(hooks),
      ])
      const jobs = String(availableParallelism())
      await stream('cmake', ['--build', build, '--config', 'Release', '-j', jobs], (line) =>
        progress.line(line),
      )
      await engine.install(source, build, prefix)
      output('rm', ['-rf', build])
      progress.done()
    },
  )
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
