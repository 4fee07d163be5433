import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { ExtractRequest } from '../extract/extractLayer.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer extract model.ncnn.param --layer conv_12 --reference model.onnx -i input.npy -o repro
  $ twinfer extract model.mnn --layer /block1/Conv --to /block1/Add -i input.npy -o repro
  $ twinfer extract model.ncnn.param --layer 17 --reference golden.twin -o repro --json

A layer is named by its name, by a blob that it makes, or by its index in the file. With --to it is all layers on the
ways from the one to the other. The folder then holds a model of its own, its inputs, what was expected and what came, a
program in JavaScript and one in C++, and a README: what an engine's maintainers ask for first.`

export function addExtract(program: Command, done: Done): void {
  const command = program
    .command('extract')
    .summary('cut one layer out, with what it takes to show what it does')
    .description(
      'Cuts a layer, or a range of them, out of a network and writes a folder that reproduces what it computes',
    )
    .argument('<model>', '.param or .mnn')
    .requiredOption(
      '--layer <name>',
      'the layer, or the first of a range: a name, a blob that it makes, or an index',
    )
    .option('--to <name>', 'the last layer of a range')
    .option('--reference <model>', 'what is expected: an .onnx, another model, or a golden pack')
    .option(
      '-i, --input <[name=]file>',
      'an input of the whole network: a .npy, or .npz[:array], by name or in order (may be repeated; default: those of the pack)',
      collect,
    )
    .requiredOption('-o, --out <folder>', 'the folder to write')
    .option('--force', 'replace files of a folder that holds some')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command, 'fp32').action(async (model: string, options: Omit<ExtractRequest, 'model'>) => {
    const { extractLayer } = await import('../extract/extractLayer.js')
    done(await extractLayer({ ...options, model }))
  })
}
