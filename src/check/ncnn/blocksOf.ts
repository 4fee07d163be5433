import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import { LayerParams } from './LayerParams.js'
import type { PendingBlock } from './PlacedBlock.js'
import { ruleOf } from './rules/ruleOf.js'

/** Everything that the layers load from the .bin, in order. */
export function blocksOf(layers: readonly NcnnLayer[]): readonly PendingBlock[] {
  return layers.flatMap((layer) =>
    (ruleOf(layer.type)?.weights?.(new LayerParams(layer)) ?? []).map((block) => ({ layer, block })),
  )
}
