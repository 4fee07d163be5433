import { native } from '../../native/native.js'

/** Bits of ncnn's feature mask, parameter 31 of a layer: what that layer does without. */
export const maskBits = { fp16Arithmetic: 1, fp16Storage: 2, bf16: 4 } as const

/** A blob that an unmasked layer hands to a masked one: in low precision, where the masked layer reads fp32. */
export interface Bridge {
  /** The layer that makes the blob. */
  readonly from: string
  readonly to: string
  readonly blob: string
  /** The layer that widens it, which was put between the two. */
  readonly layer: string
}

export interface MaskedParam {
  readonly text: string
  readonly bridges: readonly Bridge[]
  /** Places in the new text of the layers whose blobs are fp32 among themselves: the masked ones, and the bridges. */
  readonly wide: ReadonlySet<number>
}

/**
 * The text of a `.param` with the feature mask of some layers (by their place in it) set, beside what it has already, and a
 * layer that widens wherever ncnn would not (`cpp/format/ncnn/mask_layers.h`). The `.bin` is the same.
 *
 * @throws TwinferError what `open()` throws for such a text, and TWINFER_INVALID_ARGUMENT for a place without a layer.
 */
export function maskLayers(text: string, masked: ReadonlySet<number>, bits: number): MaskedParam {
  const { wide, ...rest } = native().ncnn.maskLayers(text, [...masked], bits)
  return { ...rest, wide: new Set(wide) }
}
