import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { PreprocessRequest } from '../preprocess/preprocessFile.js'

const examples = `
Examples:
  $ twinfer preprocess cat.jpg --sidecar model.mnn.twinfer.json -o input.npy
  $ twinfer preprocess cat.jpg --sidecar model.mnn.twinfer.json --dump-stages stages
  $ twinfer preprocess frame.png --sidecar model.onnx.twinfer.json --input image --json
  $ twinfer preprocess speech.wav --sidecar speaker.mnn.twinfer.json --dump-stages stages

Shows what every stage makes of a picture or sound, from its pixels or samples to the input, and what is odd about it. No model is run.`

export function addPreprocess(program: Command, done: Done): void {
  program
    .command('preprocess')
    .summary('make the input of a model from a picture or sound, and show every stage of it')
    .description('Makes the input of a model from a picture or sound, the way that a sidecar says')
    .argument('<file>', 'a picture that sharp decodes, or a .wav')
    .requiredOption('--sidecar <file>', 'the record of how pictures or sound become inputs')
    .option('--input <name>', 'the input that the file is for (default: the only one)')
    .option('-o, --out <file>', 'write the input as this .npy file')
    .option('--dump-stages <dir>', 'write each stage as PNG into this folder, and the numbers as stages.json')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async (file: string, options: Omit<PreprocessRequest, 'file'>) => {
      const { preprocessFile } = await import('../preprocess/preprocessFile.js')
      done(await preprocessFile({ ...options, file }))
    })
}
