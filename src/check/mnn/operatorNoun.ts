import type { MnnOperator } from './MnnModel.js'

/** An operator in a message: `op 3 (Convolution 'conv1')`. */
export function operatorNoun({ index, type, name }: MnnOperator): string {
  return `op ${index} (${type} '${name}')`
}
