import type { WeightBlock } from './WeightBlock.js'

/**
 * How the numbers behind a tag are stored; `table`: one byte each, an index into 256 floats in front. `packed`:
 * of the bits that the block says, without a tag.
 */
export type BlockStorage = 'fp32' | 'fp16' | 'bf16' | 'int8' | 'table' | 'packed'

/** modelbin.cpp: every other tag is taken for a table. 0x0002c056 is an old word for fp32. */
const storages: ReadonlyMap<number, BlockStorage> = new Map([
  [0, 'fp32'],
  [0x0002c056, 'fp32'],
  [0x01306b47, 'fp16'],
  [0x01348b83, 'bf16'],
  [0x000d4b38, 'int8'],
])

export function storageOfTag(tag: number): BlockStorage | undefined {
  return storages.get(tag)
}

/** The words that are tags and nothing else: 0 is also a number. */
export function isMarkedTag(word: number): boolean {
  return word !== 0 && storages.has(word)
}

const tableBytes = 256 * 4

/** Bytes behind the tag. */
export function payloadBytes({ kind, count }: WeightBlock, storage: BlockStorage): number {
  if (kind === 'bytes') return aligned(count)
  switch (storage) {
    case 'fp32':
      return count * 4
    case 'fp16':
    case 'bf16':
      return aligned(count * 2)
    case 'table':
      return tableBytes + aligned(count)
    default:
      return aligned(count)
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}
