import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { verifyArchive } from './checksum.mjs'
import { once } from './once.mjs'
import { cacheRoot, pins, projectRoot } from './paths.mjs'
import { output, requireTool } from './tools.mjs'

/** MNN's source folder: TWINFER_MNN_SOURCE, or the tree vendored in the pinned crate. */
export async function fetchMnn() {
  const override = process.env.TWINFER_MNN_SOURCE
  if (override) return override
  const { archive, crate, sha256, version } = pins.mnn
  return once(join(cacheRoot(), 'sources', `mnn-${version}-${sha256.slice(0, 12)}`), async (folder) => {
    const remedy =
      'Install Rust’s cargo (it only downloads here), or set TWINFER_MNN_SOURCE to an unpacked MNN source folder.'
    requireTool('cargo', `fetching MNN's source (${archive})`, remedy)
    const manifest = await writableManifest(folder)
    output('cargo', ['fetch', '--locked', '--manifest-path', manifest])
    const unpacked = crateFolder(manifest, crate)
    verifyArchive(archiveBeside(unpacked, archive), sha256)
    output('tar', [
      'xzf',
      archiveBeside(unpacked, archive),
      '-C',
      folder,
      '--strip-components=2',
      `${basename(unpacked)}/vendor`,
    ])
    output('rm', ['-rf', dirname(manifest)])
    if (!existsSync(join(folder, 'include/MNN/Interpreter.hpp')))
      throw new Error(`${archive} holds no MNN source`)
  })
}

/** cargo writes beside a manifest, and an installed package may be read-only. */
async function writableManifest(folder) {
  const copy = join(folder, '.manifest')
  await cp(join(projectRoot, 'cmake/mnn-source'), copy, { recursive: true })
  return join(copy, 'Cargo.toml')
}

function crateFolder(manifest, crate) {
  const args = ['metadata', '--format-version', '1', '--locked', '--offline', '--manifest-path', manifest]
  const { packages } = JSON.parse(output('cargo', args))
  return dirname(packages.find(({ name }) => name === crate).manifest_path)
}

/** cargo keeps registry/src/INDEX/CRATE unpacked and registry/cache/INDEX/CRATE.crate as it arrived. */
function archiveBeside(unpacked, archive) {
  const index = dirname(unpacked)
  return join(dirname(dirname(index)), 'cache', basename(index), archive)
}
