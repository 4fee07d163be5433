import type { Command } from 'commander'
import { collect, parseCount } from '../parseOptions.js'

/** What a command says of its inputs. */
interface SampleTexts {
  /** Of one input. */
  readonly input: string
  /** Of many. */
  readonly inputs: string
}

/** The options behind a SampleRequest. */
export function addSampleOptions(command: Command, { input, inputs }: SampleTexts): Command {
  return command
    .option('-i, --input <[name=]file.npy>', input, collect)
    .option('--inputs <[name=]pattern...>', inputs, collect)
    .option(
      '--images <files...>',
      'pictures, or their folder; the sidecar says how they become inputs',
      collect,
    )
    .option('--random <count>', 'inputs of random values', parseCount)
    .option('--seed <number>', 'of the random values', parseCount)
}

/** Of commands that time the first input, which may be random. */
export const timedSamples: SampleTexts = {
  input: 'an input, by name or in order (may be repeated); random values by default',
  inputs: "many inputs, a file each: 'val/*.npy'; the first is timed, accuracy is that of the worst",
}
