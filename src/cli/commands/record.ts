import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import { addModelOptions } from '../models/ModelOptions.js'
import type { RecordPackRequest } from '../pack/recordPack.js'
import { collect, parseCount } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer record model.onnx -i image=cat.npy -o golden.twin --layers all
  $ twinfer record model.ncnn.param -i cat.npy -o golden.twin --tolerance sqnr=60
  $ twinfer record model.onnx --image cat.jpg -o golden.twin
  $ twinfer record model.mnn -i inputs.npz -o golden.twin --layers conv1,conv2 --json

Every layer's range is recorded, the values only of the layers named. On the board, \`twinfer verify\` needs
neither the original model nor its engine. docs/packs.md describes the file.`

export function addRecord(program: Command, done: Done): void {
  const command = program
    .command('record')
    .summary('run a model and keep what it computed as a golden pack')
    .description(
      'Runs a model and writes inputs, outputs, layers and settings into one file, to verify others by',
    )
    .argument('<model>', '.param, .mnn or .onnx')
    .requiredOption('-o, --out <pack>', 'the golden pack to write (.twin)')
    .option(
      '-i, --input <[name=]file>',
      'an input: a .npy, or .npz[:array], by name or in order (may be repeated)',
      collect,
    )
    .option(
      '--image <[name=]file>',
      'a picture that the sidecar makes an input of, kept with it (may be repeated)',
      collect,
    )
    .option('--sidecar <file>', 'the record of how pictures become inputs (default: beside the model)')
    .option('--layers <names>', 'keep the values of these layers, separated by commas, or all')
    .option(
      '--tolerance <[output:]limits>',
      'what to hold outputs to, for example prob:sqnr=60 (may be repeated)',
      collect,
    )
    .option('--repeat <count>', 'runs, to measure how far the model differs from itself', parseCount, 3)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command, 'fp32').action(
    async (model: string, options: Omit<RecordPackRequest, 'model'>) => {
      const { recordPack } = await import('../pack/recordPack.js')
      done(await recordPack({ ...options, model }))
    },
  )
}
