import type { Command } from 'commander'
import type { CompareRequest } from '../compare/CompareRequest.js'
import type { Done } from '../createProgram.js'
import { addModelOptions } from '../models/addModelOptions.js'
import { collect } from '../parse/collect.js'

const examples = `
Examples:
  $ twinfer compare model.onnx model.ncnn.param model.mnn -i image=cat.npy
  $ twinfer compare model.ncnn.param model.mnn -i cat.npy --precision fp16
  $ twinfer compare expected.npy model.mnn -i cat.npy --json

REFERENCE is a model, which runs in fp32, or a recorded output (.npy) where the model has one output.
--precision and the other options are for the candidates. Inputs are named as the reference names them;
a candidate that names them differently gets them in order.`

export function addCompare(program: Command, done: Done): void {
  const command = program
    .command('compare')
    .summary('compare the outputs of models with those of a reference')
    .description('Runs a reference and candidates on the same input and judges how far the outputs differ')
    .argument('<reference>', '.param, .mnn, .onnx or a recorded output (.npy)')
    .argument('<candidates...>', '.param, .mnn or .onnx')
    .option('-i, --input <[name=]file.npy>', 'an input, by name or in order (may be repeated)', collect)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command).action(
    async (
      reference: string,
      candidates: string[],
      options: Omit<CompareRequest, 'reference' | 'candidates'>,
    ) => {
      const { compareModels } = await import('../compare/compareModels.js')
      done(await compareModels({ ...options, reference, candidates }))
    },
  )
}
