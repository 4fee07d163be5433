/** What every measuring loop reads: float32Values() of a tensor. */
export type Scores = Float32Array | Float64Array
