import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import { addModelOptions } from '../models/ModelOptions.js'
import type { VerifyPackRequest } from '../pack/verifyPack.js'
import { collect, parseCount } from '../parseOptions.js'
import { addReportOptions } from '../reports/reportWriters.js'

const examples = `
Examples:
  $ twinfer verify golden.twin
  $ twinfer verify golden.twin model_fp16.mnn --precision fp16 --threads 4
  $ twinfer verify golden.twin model.ncnn.param -i image=what-my-app-made.npy
  $ twinfer verify golden.twin model.mnn --append
  $ twinfer verify golden.twin --rejudge --tolerance prob:sqnr=50 --json
  $ twinfer verify golden.twin model.mnn --junit out.xml

MODEL may be another file of the same network, on either engine. Without it, the recorded one is looked for
beside the pack and in the current folder. What differs from the recorded run is said first. With -i, the input
must equal the recorded one: another input fails, whatever its outputs. Pictures in the pack are made into inputs
again, by the sidecar of MODEL where it has one, and held to the same.`

export function addVerify(program: Command, done: Done): void {
  const command = program
    .command('verify')
    .summary('judge a model by a golden pack')
    .description(
      'Runs a model on the inputs of a golden pack, and judges its outputs by the precision that ran',
    )
    .argument('<pack>', 'what `twinfer record` wrote')
    .argument('[model]', '.param, .mnn or .onnx (default: the recorded one)')
    .option(
      '-i, --input <[name=]file>',
      'an input that should equal the recorded one (may be repeated)',
      collect,
    )
    .option('--sidecar <file>', 'how the model makes inputs of pictures (default: beside the model)')
    .option('--tolerance <[output:]limits>', 'in place of those in the pack (may be repeated)', collect)
    .option('--repeat <count>', 'runs, to measure how far the model differs from itself', parseCount, 3)
    .option('--append', 'keep this run in the pack')
    .option('--rejudge [run]', 'judge an appended run, by default the last; nothing runs', parseCount)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(addReportOptions(command)).action(
    async (pack: string, model: string | undefined, options: Omit<VerifyPackRequest, 'pack' | 'model'>) => {
      const { verifyPack } = await import('../pack/verifyPack.js')
      done(await verifyPack({ ...options, pack, model }))
    },
  )
}
