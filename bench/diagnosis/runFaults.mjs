import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNpy } from 'twinfer'
import { record } from 'twinfer/compare'
import { writeZip } from '../../dist/zip/writeZip.js'
import { ZipArchive } from '../../dist/zip/ZipArchive.js'

/** The .mnn says that a later converter wrote it: its version stands in it as text, once. */
export function renumbered({ draw, files }) {
  const mnn = readFileSync(files.data)
  const at = mnn.indexOf('3.6.1')
  if (at < 0 || mnn.indexOf('3.6.1', at + 1) >= 0) return null
  const version = draw.pick(['4.0.0', '3.9.2', '5.1.0'])
  mnn.write(version, at, 'latin1')
  writeFileSync(files.data, mnn)
  return `written by MNN ${version}`
}

/** A golden pack whose record says that another version of the engine ran, with outputs of its own. */
export async function skewedPack(draw, folder, network) {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'golden.twin')
  const engine = draw.pick(['ncnn', 'mnn'])
  await record(network[engine], { file, inputs: await readNpy(network.input), layers: 'all' })
  const version =
    engine === 'ncnn' ? draw.pick(['1.0.20240820', '1.0.20230223']) : draw.pick(['2.9.0', '3.1.4'])
  await rewrite(file, (name, content) => {
    if (name !== 'manifest.json') return content
    const manifest = JSON.parse(content.toString())
    manifest.recorded.versions.engine = version
    return Buffer.from(JSON.stringify(manifest))
  })
  return {
    args: [network[engine], '--reference', file],
    accept: [['VERSION_SKEW']],
    also: ['NONE', 'PRECISION_EXPECTED'],
    note: `${network.name}: recorded with ${engine} ${version}`,
  }
}

async function rewrite(file, change) {
  const archive = await ZipArchive.open(file)
  const members = []
  for (const name of archive.names) {
    const pieces = []
    for await (const piece of archive.read(name)) pieces.push(piece)
    const content = change(name, Buffer.concat(pieces))
    members.push({ name, content: () => [content] })
  }
  archive.close()
  await writeZip(file, members)
}
