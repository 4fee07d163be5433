import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'

/** A layer's parameters as ncnn's getters give them: the default where a value is absent or of another type. */
export class LayerParams {
  constructor(readonly layer: NcnnLayer) {}

  int(key: number, otherwise = 0): number {
    const value = this.layer.params.get(key)
    return value?.kind === 'int' || value?.kind === 'word' ? value.value : otherwise
  }

  ints(key: number): readonly number[] {
    const value = this.layer.params.get(key)
    return value?.kind === 'ints' || value?.kind === 'words' ? value.value : []
  }

  /** How many elements an array has, of whatever type. */
  length(key: number): number {
    const value = this.layer.params.get(key)
    return Array.isArray(value?.value) ? value.value.length : 0
  }

  string(key: number): string {
    const value = this.layer.params.get(key)
    return value?.kind === 'string' ? value.value : ''
  }
}
