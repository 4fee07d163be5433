import { type Command, Option } from 'commander'
import { type Precision, precisions } from '../../model/Precision.js'
import { parseCount } from '../parse/parseCount.js'
import { parseDevice } from '../parse/parseDevice.js'
import { parseEngineOption } from '../parse/parseEngineOption.js'
import { parseInputShape } from '../parse/parseInputShape.js'

/** The options of every command that runs a model. */
export function addModelOptions(command: Command, precision: Precision = 'default'): Command {
  return command
    .addOption(
      new Option('--precision <word>', 'arithmetic and storage')
        .choices(precisions)
        .default(precision, precision === 'default' ? "the engine's own" : undefined),
    )
    .option('--threads <count>', 'threads of the engine', parseCount)
    .option('--device <device>', 'cpu, vulkan, vulkan:INDEX or auto', parseDevice, 'cpu')
    .option(
      '--input-shape <name=sizes>',
      'the shape of an input that the model leaves open, or to run it in another: image=1,3,80,80 (may be repeated)',
      parseInputShape,
    )
    .option(
      '--engine-option <key=value>',
      "one of the engine's own switches, with ncnn. or mnn. before it for that engine only (may be repeated)",
      parseEngineOption,
    )
}
