import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { EvalRequest } from '../eval/runEval.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect, parseCount, parseWhole } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer eval model.ncnn.param model.mnn --reference model.onnx --data val --metric top1,top5
  $ twinfer eval model.mnn --data labels.csv --metric top1 --resume eval.jsonl
  $ twinfer eval unet.ncnn.param --reference unet.onnx --data eval.npz --metric miou --csv classes.csv
  $ twinfer eval speaker.mnn --data trials.csv --metric eer
  $ twinfer eval model.mnn --reference model.onnx --data inputs.npy --metric cosine,./own.mjs

--data is a folder with one folder for each class (called by its number or its name), a .csv with the columns
file,label (a number, a name or a mask) or a,b,same, a .npz with inputs (or images, as uint8) and labels, or a .npy.
Pictures and sounds become inputs by the sidecar of the model; a model without one gets what the others get.

Intervals are of 95 %: Wilson's of shares, bootstrap ones of anything else. Whether top-k differs from the reference's
is said by McNemar's exact test, of other metrics by the bootstrap interval of the difference. A metric of your own is
a module whose default export is { name, measure(outputs, label, sample), summarise?(measured) }.`

export function addEval(program: Command, done: Done): void {
  const command = program
    .command('eval')
    .summary('accuracy on a data set, and whether a difference is one')
    .description('Runs models on a labelled set and measures their accuracy, beside that of a reference')
    .argument('<models...>', '.param, .mnn or .onnx')
    .requiredOption('--data <set>', 'a folder with one folder for each class, a .csv, a .npz or a .npy')
    .option(
      '--metric <names>',
      'top1, top5, miou, cosine, eer or a module, with commas (may be repeated)',
      collect,
    )
    .option('--reference <model>', 'a model that the others are held against; it runs in fp32')
    .option('--labels <file.npy>', 'the labels of a .npy of inputs')
    .option('--classes <file>', 'names of the classes: JSON, or one a line (default: those of the sidecar)')
    .option('--ignore-label <number>', 'the label of pixels that count nowhere', parseWhole)
    .option('--output <name>', 'the output that is judged, where a model has several')
    .option(
      '--sidecar <file>',
      'the record of how pictures or sound become inputs (default: beside each model)',
    )
    .option('--limit <count>', 'at most so many samples, or pairs, drawn at random', parseCount)
    .option('--seed <number>', 'of what is drawn at random', parseCount, 1)
    .option('--resume <file>', 'keep what was measured in a file, and go on from there')
    .option('--csv <file>', 'write the results as a table, one row for each metric and class')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command).action(async (models: string[], options: Omit<EvalRequest, 'models'>) => {
    const { runEval } = await import('../eval/runEval.js')
    done(await runEval({ ...options, models }))
  })
}
