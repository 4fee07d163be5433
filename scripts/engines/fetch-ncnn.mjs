import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { verifyArchive } from './checksum.mjs'
import { once } from './once.mjs'
import { cacheRoot, pins } from './paths.mjs'
import { output, requireTool } from './tools.mjs'

/**
 * ncnn's source folder: TWINFER_NCNN_SOURCE, or the pinned sdist.
 * `pip download` builds the sdist's metadata, which carries the day's date instead of the version
 * asked for, and refuses it; unearth only downloads.
 */
export async function fetchNcnn() {
  const override = process.env.TWINFER_NCNN_SOURCE
  if (override) return override
  const { requirement, archive, sha256, version } = pins.ncnn
  return once(join(cacheRoot(), 'sources', `ncnn-${version}-${sha256.slice(0, 12)}`), async (folder) => {
    const remedy =
      'Install Python 3 with its venv module, or set TWINFER_NCNN_SOURCE to an unpacked ncnn source folder.'
    requireTool('python3', `fetching ncnn's source (${requirement})`, remedy)
    requireTool('tar', "unpacking ncnn's source", remedy)
    const venv = join(folder, 'venv')
    try {
      output('python3', ['-m', 'venv', venv])
    } catch (error) {
      throw new Error(`python3 could not make a virtual environment.\n  ${remedy}\n${error.message}`)
    }
    output(join(venv, 'bin/pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `unearth==${pins.unearth}`,
    ])
    output(join(venv, 'bin/unearth'), [requirement, '--no-binary', '-d', folder])
    verifyArchive(join(folder, archive), sha256)
    output('tar', ['xzf', join(folder, archive), '-C', folder, '--strip-components=1'])
    output('rm', ['-rf', venv, join(folder, archive)])
    if (!existsSync(join(folder, 'src/net.h'))) throw new Error(`${archive} holds no src/net.h`)
  })
}
