import type { LayerComparison } from '../../compare/layers/LayerComparison.js'
import { shellWord } from '../../format/shellWord.js'

/** The command line that cuts a layer out, to be pasted. A name that several layers have is none: then the blob names it. */
export function extractCommand(
  model: string,
  { name, blob }: Pick<LayerComparison, 'name' | 'blob'>,
  layers: readonly Pick<LayerComparison, 'name' | 'blob'>[],
  reference: { readonly name: string; readonly isPack: boolean },
): string {
  const isShared = layers.some((other) => other.name === name && other.blob !== blob)
  const input = reference.isPack ? [] : ['-i', 'INPUT.npy']
  const words = [
    'twinfer',
    'extract',
    model,
    '--layer',
    isShared ? blob : name,
    '--reference',
    reference.name,
  ]
  return [...words, ...input, '-o', 'repro'].map(shellWord).join(' ')
}
