import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './paths.mjs'

const crossPrefixes = {
  'linux-arm64': 'aarch64-linux-gnu-',
  'linux-arm': 'arm-linux-gnueabihf-',
}

/** The machine this runs on. */
export function hostTarget() {
  return {
    name: `${process.platform}-${process.arch}`,
    platform: process.platform,
    arch: process.arch,
    compiler: process.env.CXX || 'c++',
    strip: 'strip',
    toolchain: process.env.CMAKE_TOOLCHAIN_FILE,
  }
}

/** The same machine, with engines that are built with sanitizers (cmake/sanitize-options.cmake). */
export function sanitized(target) {
  return { ...target, name: `${target.name}-sanitize`, sanitize: true }
}

/** The host, or a target that has a toolchain file in cmake/toolchains. */
export function targetNamed(name) {
  const host = hostTarget()
  if (name === host.name) return host
  const prefix = crossPrefixes[name]
  if (!prefix) {
    const known = [...new Set([host.name, ...Object.keys(crossPrefixes)])].join(', ')
    throw new Error(`There is no target '${name}': expected one of ${known}.`)
  }
  const [platform, arch] = name.split('-')
  const toolchain = join(projectRoot, 'cmake/toolchains', `${name}.cmake`)
  return { name, platform, arch, compiler: `${prefix}g++`, strip: `${prefix}strip`, toolchain }
}

/** The targets of `--target NAME[,NAME…]`; without it, the host. */
export function targetsOf(args) {
  const at = args.findIndex((argument) => argument === '--target' || argument.startsWith('--target='))
  if (at < 0) return [hostTarget()]
  const value = args[at].includes('=') ? args[at].slice(args[at].indexOf('=') + 1) : args[at + 1]
  return (value ?? '').split(',').map(targetNamed)
}

/** The file that tells CMake where a target's engines are. */
export function enginesOf(target) {
  return join(projectRoot, 'build', target.name, 'engines.cmake')
}

/** The same. Throws where they are not built. */
export function requireEngines(target) {
  const file = enginesOf(target)
  if (existsSync(file)) return file
  throw new Error(
    `the engines for ${target.name} are not built yet; run \`npm run build:engines -- --target ${target.name}\`.`,
  )
}
