/** The candidate as an affine function of the reference, fitted for each channel by least squares. */
export interface ChannelFit {
  /** SQNR that is left once every channel's best slope and offset are applied, in dB. */
  readonly sqnrDb: number | null
  /** The axis whose indices are the channels. */
  readonly axis: number
  readonly slopes: readonly number[]
  readonly offsets: readonly number[]
}
