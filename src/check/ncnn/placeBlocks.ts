import type { PendingBlock, PlacedBlock } from './PlacedBlock.js'
import { type BlockStorage, payloadBytes, storageOfTag } from './StorageTag.js'

export interface Layout {
  readonly blocks: readonly PlacedBlock[]
  /** Where the last block ends, which may be behind the end of the file. */
  readonly end: number
  /** The first block whose tag ncnn does not write, or takes for int8 where the layer has no scales. */
  readonly odd: number | undefined
}

export interface Placing {
  /** Where the first of the blocks starts. */
  readonly at?: number
  /** The storage of the first of the blocks, whatever its tag says. */
  readonly first?: BlockStorage
  /** Stops at the first odd tag. */
  readonly strict?: boolean
}

/**
 * Places blocks one behind the other, as ncnn reads them (modelbin.cpp). `word` gives the word at an offset of
 * the file, undefined behind its end: there weights are taken to be stored as the ones before.
 */
export function placeBlocks(
  pending: readonly PendingBlock[],
  word: (offset: number) => number | undefined,
  { at = 0, first, strict = false }: Placing = {},
): Layout {
  const blocks: PlacedBlock[] = []
  let odd: number | undefined
  let usual: BlockStorage = 'fp32'
  for (const [index, { layer, block }] of pending.entries()) {
    const start = at
    const isTagged = block.kind === 'tagged'
    const tag = isTagged ? word(start) : undefined
    const forced = index === 0 ? first : undefined
    const known: BlockStorage | undefined = tag === undefined ? usual : storageOfTag(tag)
    const isOdd = isTagged && (known === undefined || (known === 'int8' && !block.mayBeInt8))
    if (isOdd && forced === undefined) {
      odd ??= index
      if (strict) break
    }
    const storage: BlockStorage = !isTagged ? untagged(block.kind) : (forced ?? known ?? 'table')
    if (isTagged && storage !== 'table') usual = storage
    const offset = start + (isTagged ? 4 : 0)
    const bytes = payloadBytes(block, storage)
    blocks.push({ layer, block, start, offset, bytes, storage, tag })
    at = offset + bytes
  }
  return { blocks, end: at, odd }
}

function untagged(kind: 'raw' | 'bytes' | 'tagged'): BlockStorage {
  return kind === 'bytes' ? 'packed' : 'fp32'
}
