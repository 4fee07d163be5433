import type { NcnnLayer } from './NcnnLayer.js'

/**
 * The shapes that a layer states for its outputs, in NumPy order; null where it states none. Key 30 holds
 * them for each output (dims w h [d] c, net.cpp); an Input layer also in 0=w 1=h 11=d 2=c, 0 meaning open.
 */
export function shapeHints(layer: NcnnLayer): readonly (readonly number[] | null)[] {
  const listed = layer.params.get(30)
  const sizes = listed?.kind === 'ints' || listed?.kind === 'words' ? listed.value : []
  const step = sizes.length / layer.outputs.length
  return layer.outputs.map((_, index) => {
    if (step === 4 || step === 5) {
      return fromList(sizes.slice(index * step, (index + 1) * step))
    }
    return layer.type === 'Input' ? fromInput(layer) : null
  })
}

function fromList(hint: readonly number[]): readonly number[] | null {
  const [dims = 0, w = 0, h = 0, d = 0] = hint
  const c = hint.at(-1)!
  return [null, [w], [h, w], [c, h, w], [c, d, h, w]][dims] ?? null
}

function fromInput(layer: NcnnLayer): readonly number[] | null {
  const [w, h, d, c] = [0, 1, 11, 2].map((key) => intOf(layer, key)) as [number, number, number, number]
  if (d > 0) return [c, d, h, w].map(openIfZero)
  if (c > 0) return [c, h, w].map(openIfZero)
  if (h > 0) return [h, w].map(openIfZero)
  return w > 0 ? [w] : null
}

function intOf(layer: NcnnLayer, key: number): number {
  const value = layer.params.get(key)
  return value?.kind === 'int' || value?.kind === 'word' ? value.value : 0
}

function openIfZero(size: number): number {
  return size > 0 ? size : -1
}
