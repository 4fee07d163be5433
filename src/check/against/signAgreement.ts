/** From this share on the weights are the same, whatever they were scaled by. */
export const leastSignAgreement = 0.98

/**
 * Share of values with the sign that they have in the reference, where rows and columns may be negated as a
 * whole. It stays 1 where rows and columns were scaled, as by a batch norm before a convolution, which changes
 * directions; unrelated weights score little more than one half.
 */
export function signAgreement(values: Float32Array, reference: Float32Array, rowSize: number): number {
  const columns = columnSigns(values, reference, rowSize)
  let [agreed, counted] = [0, 0]
  for (let start = 0; start + rowSize <= reference.length; start += rowSize) {
    let [same, judged] = [0, 0]
    for (let i = 0; i < rowSize; i++) {
      const product = values[start + i]! * reference[start + i]! * columns[i]!
      if (product === 0 || Number.isNaN(product)) continue
      judged++
      if (product > 0) same++
    }
    agreed += Math.max(same, judged - same)
    counted += judged
  }
  return counted === 0 ? 0 : agreed / counted
}

/** Rows that vote on the sign of a column; a few are enough, as right weights agree in all of them. */
const votingRows = 15

/** Of each column, the sign that most of the first rows give it once they are turned to agree with the first. */
function columnSigns(values: Float32Array, reference: Float32Array, rowSize: number): Float32Array {
  const votes = new Float32Array(rowSize)
  // Too few rows would vote for themselves, and any weights agree.
  const rows = Math.floor(reference.length / rowSize)
  if (rows < votingRows) return votes.fill(1)
  for (let row = 0; row < votingRows; row++) {
    const start = row * rowSize
    let agreement = 0
    for (let i = 0; i < rowSize; i++)
      agreement += Math.sign(values[start + i]! * reference[start + i]!) * Math.sign(votes[i]!) || 0
    const turn = agreement < 0 ? -1 : 1
    for (let i = 0; i < rowSize; i++)
      votes[i]! += Math.sign(values[start + i]! * reference[start + i]!) * turn || 0
  }
  return votes.map((vote) => (vote < 0 ? -1 : 1))
}
