import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { PreprocessRequest } from '../preprocess/preprocessImage.js'

const examples = `
Examples:
  $ twinfer preprocess cat.jpg --sidecar model.mnn.twinfer.json -o input.npy
  $ twinfer preprocess cat.jpg --sidecar model.mnn.twinfer.json --dump-stages stages
  $ twinfer preprocess frame.png --sidecar model.onnx.twinfer.json --input image --json

Shows what every stage makes of a picture, from its pixels to the input, and what is odd about it. No model is run.`

export function addPreprocess(program: Command, done: Done): void {
  program
    .command('preprocess')
    .summary('make the input of a model from a picture, and show every stage of it')
    .description('Makes the input of a model from a picture, the way that a sidecar says')
    .argument('<image>', 'a picture that sharp decodes')
    .requiredOption('--sidecar <file>', 'the record of how pictures become inputs')
    .option('--input <name>', 'the input that the picture is for (default: the only one)')
    .option('-o, --out <file>', 'write the input as this .npy file')
    .option('--dump-stages <dir>', 'write each stage as PNG into this folder, and the numbers as stages.json')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async (image: string, options: Omit<PreprocessRequest, 'image'>) => {
      const { preprocessImage } = await import('../preprocess/preprocessImage.js')
      done(await preprocessImage({ ...options, image }))
    })
}
