/**
 * Share of values with the sign that they have in the reference, row by row, a row being allowed to be negated
 * as a whole. It stays 1 where rows and columns were scaled, as by a batch norm before a convolution, which
 * changes directions; unrelated weights score little more than one half.
 */
export function signAgreement(values: Float32Array, reference: Float32Array, rowSize: number): number {
  let [agreed, counted] = [0, 0]
  for (let start = 0; start + rowSize <= reference.length; start += rowSize) {
    let [same, judged] = [0, 0]
    for (let i = start; i < start + rowSize; i++) {
      const product = values[i]! * reference[i]!
      if (product === 0 || Number.isNaN(product)) continue
      judged++
      if (product > 0) same++
    }
    agreed += Math.max(same, judged - same)
    counted += judged
  }
  return counted === 0 ? 0 : agreed / counted
}
