import type { PendingBlock } from './PlacedBlock.js'
import { type Layout, placeBlocks } from './placeBlocks.js'
import type { BlockStorage } from './StorageTag.js'

/** What makes a file readable that is not as it stands. `index` is the block concerned. */
export type Repair = { readonly layout: Layout; readonly index: number } & (
  | { readonly kind: 'bad-tag' }
  | { readonly kind: 'tag-mismatch'; readonly storage: BlockStorage }
  | { readonly kind: 'shifted'; readonly by: number }
)

const storages: readonly BlockStorage[] = ['fp32', 'fp16', 'bf16', 'int8']
/** A wrong tag shows itself at the next one; a few blocks of slack for tags that happen to be zeros. */
const blocksBack = 6
const largestShift = 16

/**
 * Finds the one change after which the rest of the file fits: a tag that must be another, or bytes that were
 * inserted or lost in front of a tag. Undefined where no single change does.
 */
export function repairLayout(
  pending: readonly PendingBlock[],
  layout: Layout,
  word: (offset: number) => number | undefined,
  size: number,
): Repair | undefined {
  const failure = layout.odd ?? pending.length - 1
  const fits = ({ odd, end }: Layout, slack: number) =>
    odd === undefined && (end === size || end === size + slack)
  const resume = (index: number, at: number, first?: BlockStorage): Layout => {
    const rest = placeBlocks(pending.slice(index), word, { at, strict: true, ...(first && { first }) })
    return { ...rest, blocks: [...layout.blocks.slice(0, index), ...rest.blocks] }
  }
  for (let index = failure, back = 0; index >= 0 && back < blocksBack; index--) {
    if (pending[index]!.block.kind !== 'tagged') continue
    back++
    for (const storage of storages) {
      if (storage === 'int8' && !pending[index]!.block.mayBeInt8) continue
      const repaired = resume(index, layout.blocks[index]!.start, storage)
      if (!fits(repaired, 0)) continue
      return index === layout.odd
        ? { kind: 'bad-tag', index, layout: repaired }
        : { kind: 'tag-mismatch', index, storage, layout: repaired }
    }
  }
  if (layout.odd === undefined) return undefined
  for (let step = 1; step <= 2 * largestShift; step++) {
    const by = step % 2 ? (step + 1) / 2 : -step / 2
    const repaired = resume(failure, layout.blocks[failure]!.start + by)
    if (fits(repaired, by)) return { kind: 'shifted', index: failure, by, layout: repaired }
  }
  return undefined
}
