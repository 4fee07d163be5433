/** Where the weights of a .param (or .param.bin) are expected: same folder, same stem. */
export function weightsPath(param: string): string {
  return `${param.replace(/\.param(\.bin)?$/i, '')}.bin`
}
