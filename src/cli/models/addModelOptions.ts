import { type Command, Option } from 'commander'
import { precisions } from '../../model/Precision.js'
import { parseCount } from '../parse/parseCount.js'
import { parseDevice } from '../parse/parseDevice.js'
import { parseEngineOption } from '../parse/parseEngineOption.js'

/** The options that `run` and `compare` share. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--precision <word>', 'arithmetic and storage')
        .choices(precisions)
        .default('default', "the engine's own"),
    )
    .option('--threads <count>', 'threads of the engine', parseCount)
    .option('--device <device>', 'cpu, vulkan, vulkan:INDEX or auto', parseDevice, 'cpu')
    .option(
      '--engine-option <key=value>',
      "one of the engine's own switches, with ncnn. or mnn. before it for that engine only (may be repeated)",
      parseEngineOption,
    )
}
