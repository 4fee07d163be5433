import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNpy, type Tensor } from 'twinfer'
import { type RecordOptions, record } from 'twinfer/compare'
import { writeZip } from '../../dist/zip/writeZip.js'
import { ZipArchive } from '../../dist/zip/ZipArchive.js'
import { fixture } from './fixtures.js'

export const digits = (file: string) => fixture(`digits8-cnn/${file}`)

export const digitsInput = (): Promise<Tensor> => readNpy(digits('input.npy'))

/** A pack of the digits network in `folder`, recorded from one of its files. */
export async function recordDigits(
  folder: string,
  model = 'model.ncnn.param',
  options: Partial<RecordOptions> = {},
): Promise<string> {
  const file = join(folder, 'golden.twin')
  await record(digits(model), { file, inputs: await digitsInput(), layers: 'all', ...options })
  return file
}

/** Rewrites a pack's members; a change that gives undefined leaves the member out. */
export async function changePack(
  file: string,
  change: (name: string, content: Buffer) => Uint8Array | undefined,
): Promise<void> {
  const archive = await ZipArchive.open(file)
  const members = []
  for (const name of archive.names) {
    const pieces: Uint8Array[] = []
    for await (const piece of archive.read(name)) pieces.push(piece)
    const content = change(name, Buffer.concat(pieces))
    if (content !== undefined) members.push({ name, content: () => [content] })
  }
  await archive.close()
  await writeZip(file, members)
}

/** Rewrites the manifest alone. It is not typed: it is made wrong on purpose. */
// biome-ignore lint/suspicious/noExplicitAny: any part of it may be replaced by anything
export function changeManifest(file: string, change: (manifest: any) => void): Promise<void> {
  return changePack(file, (name, content) => {
    if (name !== 'manifest.json') return content
    const manifest = JSON.parse(content.toString())
    change(manifest)
    return Buffer.from(JSON.stringify(manifest))
  })
}

export function flipBit(file: string, at: number, mask: number): void {
  const bytes = readFileSync(file)
  bytes[at]! ^= mask
  writeFileSync(file, bytes)
}
