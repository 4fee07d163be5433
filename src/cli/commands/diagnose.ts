import { type Command, Option } from 'commander'
import type { Done } from '../CommandResult.js'
import type { DiagnoseRequest } from '../diagnose/runDiagnosis.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer diagnose model.ncnn.param --reference model.onnx --golden-input golden.npy
  $ twinfer diagnose model.mnn --reference model.onnx --golden-input golden.npy --deployed-input mine.npy
  $ twinfer diagnose model.ncnn.param --reference model.onnx --image cat.png --deployed-input mine.npy
  $ twinfer diagnose model.mnn --reference golden.twin --candidate-output from-the-board.npy --json
  $ twinfer diagnose model.mnn --reference-output golden-out.npy --candidate-output mine-out.npy
  $ twinfer diagnose model.ncnn.param --reference model.onnx --golden-input golden.npy --fix

It climbs from the cheapest evidence to the dearest with whatever it is given: the files, the inputs beside each other, the
outputs, repeated runs, other precisions, every layer. A golden input is what the original was fed, a deployed input what
your application feeds the candidate. With several pictures, give as many files to each option, in one order. The model
comes first: --image and the other options of files take all that follow them, and --fix takes a folder.
Causes come best first; docs/diagnosis.md explains each code. INCONCLUSIVE says what one more file would decide.
Exit codes: 0 nothing is wrong (NONE, PRECISION_EXPECTED, ARGMAX_TIES), 1 a cause is named, 2 usage or load error,
3 inconclusive.`

export function addDiagnose(program: Command, done: Done): void {
  const command = program
    .command('diagnose')
    .summary('name the cause of a difference, with evidence and the line that mends it')
    .description(
      'Finds out why a converted model, or what an application makes of it, is not as the original',
    )
    .argument('<candidate>', '.param or .mnn, as it is deployed')
    .option('--reference <model>', 'the original: an .onnx, another model, or a golden pack')
    .option('--image <files...>', 'the picture that the inputs were made from', collect)
    .option('--golden-input <files...>', 'what the original was fed (.npy)', collect)
    .option('--deployed-input <files...>', 'what the application feeds the candidate (.npy)', collect)
    .option('--reference-output <files...>', 'what the original gave (.npy, .npz)', collect)
    .option('--candidate-output <files...>', 'what the application got (.npy, .npz)', collect)
    .option('--sidecar <file>', 'the preprocessing record (default: the one beside the candidate)')
    .addOption(
      new Option(
        '--fix [folder]',
        'apply the cheapest remedies and measure again (default folder: twinfer-fix)',
      ).preset('twinfer-fix'),
    )
    .option('--report <file.html>', 'write a page')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command).action(async (candidate: string, options: Omit<DiagnoseRequest, 'candidate'>) => {
    const { runDiagnosis } = await import('../diagnose/runDiagnosis.js')
    done(await runDiagnosis({ ...options, candidate }))
  })
}
