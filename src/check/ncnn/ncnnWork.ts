import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { WorkNode } from '../ModelWork.js'

export function ncnnWork({ inputs, outputs, dot, approximated }: NcnnLayer): WorkNode {
  return { inputs, outputs, dot: dot ?? undefined, approximated }
}
