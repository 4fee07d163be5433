import { channel } from 'node:diagnostics_channel'

/** What takes a while, and how much of it is done; `total` where that can be known, in the unit of `done`. */
export interface Progress {
  /** A phrase like `running model.mnn`. */
  readonly doing: string
  readonly done?: number
  readonly total?: number
  /** Default: steps. */
  readonly unit?: 'bytes'
}

/** The name of the diagnostics channel that every step is published on, for whoever wants to show it. */
export const progressChannel = 'twinfer:progress'

const steps = channel(progressChannel)

/** Tells whoever listens (the command line at a terminal) what is being done. Costs nothing where nobody does. */
export function progress(doing: string, amounts: Omit<Progress, 'doing'> = {}): void {
  if (steps.hasSubscribers) steps.publish({ doing, ...amounts } satisfies Progress)
}
