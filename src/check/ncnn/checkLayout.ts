import { contentHelp } from '../../inspect/content/contentHelp.js'
import { describeContent } from '../../inspect/content/describeContent.js'
import { sniffContent } from '../../inspect/content/sniffContent.js'
import { readStart } from '../../inspect/files/readStart.js'
import type { FindingList } from '../FindingList.js'
import type { WeightFile } from '../weights/WeightFile.js'
import type { PendingBlock, PlacedBlock } from './PlacedBlock.js'
import { type Layout, placeBlocks } from './placeBlocks.js'
import { type Repair, repairLayout } from './repairLayout.js'
import { isMarkedTag, storageOfTag } from './StorageTag.js'

/**
 * Whether the file holds what the layers load, no more and no less (no more only where `complete` says that
 * these are all layers). Returns the blocks whose place is certain, which is all of them where one change makes
 * the rest fit.
 */
export async function checkLayout(
  pending: readonly PendingBlock[],
  complete: boolean,
  file: WeightFile,
  findings: FindingList,
): Promise<readonly PlacedBlock[]> {
  const word = (offset: number) => file.word(offset)
  const layout = placeBlocks(pending, word)
  const { blocks, end, odd } = layout
  const lengthFits = complete ? end === file.size : end <= file.size
  if (odd === undefined && lengthFits) return blocks
  if (await reportForeign(file, findings)) return []
  if (odd !== undefined && lengthFits && blocks[odd]!.storage === 'table') {
    findings.info('table-weights', 'weights are stored as tables of 256 values', place(blocks[odd]!))
    return blocks
  }
  const repair = complete ? repairLayout(pending, layout, word, file.size) : undefined
  if (repair) {
    reportRepair(repair, findings)
    return inFile(repair.layout.blocks, file.size)
  }
  if (odd !== undefined) reportOdd(blocks[odd]!, blocks[odd - 1], findings)
  else reportLength(layout, file.size, findings)
  return inFile(odd === undefined ? blocks : blocks.slice(0, odd), file.size)
}

/** Asked only of files that do not fit: the first weight of a sound one may look like anything. */
async function reportForeign(file: WeightFile, findings: FindingList): Promise<boolean> {
  const content = sniffContent(await readStart(file.path))
  if (content === 'ncnn-bin' || content === 'unknown' || content === 'zeros') return false
  findings.error('foreign-file', `expected ncnn weights, but it looks like ${describeContent(content)}`, {
    offset: 0,
    help: contentHelp(content),
  })
  return true
}

function inFile(blocks: readonly PlacedBlock[], size: number): readonly PlacedBlock[] {
  return blocks.filter(({ offset, bytes }) => offset + bytes <= size)
}

function reportLength({ blocks, end }: Layout, size: number, findings: FindingList): void {
  const help = 'Copy or convert the .bin again, or find the .param that belongs to it.'
  if (end < size) {
    const message = `the layers take ${end} bytes, the file has ${size}: ${size - end} are left over`
    findings.warning('trailing-bytes', message, { offset: end, help })
    return
  }
  const first = blocks.find(({ offset, bytes }) => offset + bytes > size)!
  findings.error(
    'missing-bytes',
    `the layers take ${end} bytes, the file has ${size}: ${end - size} are missing, first of '${first.layer.name}'`,
    { ...place(first), help },
  )
}

function reportRepair(repair: Repair, findings: FindingList): void {
  const block = repair.layout.blocks[repair.index]!
  const { name } = block.layer
  if (repair.kind === 'bad-tag') {
    findings.error(
      'bad-tag',
      `the tag of '${name}' is ${hex(block.tag)}, which ncnn does not write; the sizes fit ${block.storage}`,
      { ...place(block), help: 'One word of the file is damaged: copy or convert it again.' },
    )
  } else if (repair.kind === 'tag-mismatch') {
    findings.error(
      'tag-mismatch',
      `the tag of '${name}' (${hex(block.tag)}) says ${storageOfTag(block.tag ?? 0) ?? 'a table'}, but the sizes fit ${repair.storage} only`,
      { ...place(block), help: 'The tag does not belong to these weights: convert the model again.' },
    )
  } else {
    const damaged = repair.layout.blocks[repair.index - 1]?.layer.name ?? name
    const what = `${Math.abs(repair.by)} bytes were ${repair.by > 0 ? 'inserted' : 'lost'}`
    findings.error(
      'shifted-file',
      `${what} in the weights of '${damaged}' or around them: the tag of '${name}' is not where it must be`,
      {
        layer: damaged,
        offset: block.start,
        help: 'Everything behind is misaligned: copy or convert the file again.',
      },
    )
  }
}

function reportOdd(block: PlacedBlock, before: PlacedBlock | undefined, findings: FindingList): void {
  const { name } = block.layer
  if (isMarkedTag(swapped(block.tag))) {
    findings.error('wrong-endianness', `the tag of '${name}' is ${hex(block.tag)}: its bytes are swapped`, {
      ...place(block),
      help: 'The file was written on a big-endian machine, or swapped since: convert the model again.',
    })
    return
  }
  const message =
    block.storage === 'int8'
      ? `the tag of '${name}' says int8, but the layer has no int8 scales (8= or 18=)`
      : `expected the tag of '${name}', found ${hex(block.tag)}; what follows cannot be read`
  const since = before ? ` The damage begins there, or in the weights of '${before.layer.name}' before.` : ''
  findings.error('bad-tag', message, {
    ...place(block),
    help: `The weights are shifted, damaged or of another network.${since}`,
  })
}

function place({ layer, start }: PlacedBlock) {
  return { layer: layer.name, offset: start }
}

function swapped(tag = 0): number {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(tag)
  return bytes.readUInt32BE()
}

function hex(tag: number | undefined): string {
  return `0x${(tag ?? 0).toString(16).padStart(8, '0')}`
}
