/**
 * The candidate as slope * reference + offset, fitted for each channel by least squares over the positions
 * where both are finite. A channel that is constant in the reference has slope 1.
 */
export interface ChannelFit {
  /** SQNR of the candidate once every channel's slope and offset are undone, in dB; see `fitChannels`. */
  readonly sqnrDb: number
  /** The reference's or the candidate's axis whose indices are the channels; null: one fit for all values. */
  readonly axis: number | null
  readonly slopes: readonly number[]
  readonly offsets: readonly number[]
}
