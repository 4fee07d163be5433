import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { verifyArchive } from '../engines/checksum.mjs'
import { once } from '../engines/once.mjs'
import { cacheRoot, pins } from '../engines/paths.mjs'
import { output, requireTool } from '../engines/tools.mjs'

const machine = `${process.platform}-${process.arch}`

/** Where the pinned wheel of this machine is unpacked. */
export function zigFolder() {
  const { version, sha256 } = pins.ziglang
  return join(cacheRoot(), 'sources', `ziglang-${version}-${sha256[machine]?.slice(0, 12)}`)
}

/** The zig program of the pinned `ziglang` wheel, or TWINFER_ZIG: a C++ compiler for WebAssembly with its libraries. */
export async function fetchZig() {
  const override = process.env.TWINFER_ZIG
  if (override) return override
  const { version, sha256 } = pins.ziglang
  const remedy = `Install zig ${version} and set TWINFER_ZIG to its program.`
  if (!sha256[machine]) throw new Error(`no ziglang wheel is pinned for ${machine}.\n  ${remedy}`)
  const folder = zigFolder()
  await once(folder, async (unfinished) => {
    requireTool('python3', `fetching zig (ziglang==${version})`, `Install Python 3 with pip. Or: ${remedy}`)
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps']
    output('python3', [...pip, '--only-binary=:all:', `ziglang==${version}`, '-d', unfinished])
    const wheel = join(
      unfinished,
      readdirSync(unfinished).find((file) => file.endsWith('.whl')),
    )
    verifyArchive(wheel, sha256[machine])
    output('python3', ['-m', 'zipfile', '-e', wheel, unfinished])
    output('rm', ['-f', wheel])
    if (!existsSync(join(unfinished, 'ziglang/zig'))) throw new Error(`ziglang ${version} holds no zig`)
    // A zip that Python unpacks loses the permissions.
    chmodSync(join(unfinished, 'ziglang/zig'), 0o755)
  })
  return join(folder, 'ziglang/zig')
}
