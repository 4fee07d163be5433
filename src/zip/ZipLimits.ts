/** What an archive may ask for. It may come from a stranger: nothing is unpacked that is beyond these. */
export interface ZipLimits {
  /** Number of members. Default: 10,000. */
  readonly members?: number | undefined
  /** Unpacked bytes of all members together, as the archive declares them. Default: 16 GiB. */
  readonly bytes?: number | undefined
  /**
   * How many times its packed size a member of more than 256 MiB may unpack to. Default: 200; deflate reaches
   * 1032 on zeros, real values of any kind stay far below.
   */
  readonly ratio?: number | undefined
}

export interface CheckedLimits {
  readonly members: number
  readonly bytes: number
  readonly ratio: number
}

export function withDefaults({ members = 10_000, bytes = 2 ** 34, ratio = 200 }: ZipLimits): CheckedLimits {
  return { members, bytes, ratio }
}
