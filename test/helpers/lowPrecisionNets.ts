import type { Tensor } from 'twinfer'
import { projectPath } from './projectPath.js'

/** What a place of a network does that a low precision does not bear: bench/lib/trapped.mjs explains each. */
export type Trap = 'weights-overflow' | 'weights-underflow' | 'values-overflow' | 'cancellation'

export interface TrappedNet {
  readonly param: string
  /** The layers that must stay in fp32. */
  readonly truth: readonly string[]
  readonly input: Tensor
}

type WriteTrapped = (
  folder: string,
  name: string,
  traps: Readonly<Record<number, Trap>>,
  options?: { readonly depth?: number; readonly seed?: number },
) => TrappedNet

const made = (await import(projectPath('bench/lib/trapped.mjs'))) as { readonly writeTrapped: WriteTrapped }

/** A chain of fully connected layers and ReLUs, with traps at some of their places, as NAME.param and NAME.bin. */
export const { writeTrapped } = made
