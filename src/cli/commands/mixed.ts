import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { MixedRequest } from '../mixed/runMixed.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect, parseDb } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer mixed model.ncnn.param --reference model.onnx -i golden.npy --precision bf16
  $ twinfer mixed model.ncnn.param --reference golden.twin --min-sqnr 50 -o mixed
  $ twinfer mixed model.ncnn.param --reference model.onnx -i cat.npy -i dog.npy --precision fp16 --emulate-fp16 --json

It ranks the layers by what each costs the outputs in low precision, keeps the dearest in fp32 until every output reaches
the bar on every input, then leaves out whatever can be left out. ncnn reads such a set as feature masks (31=) in the
.param; where a layer in low precision feeds a masked one, a layer that widens the blob is put in between, because ncnn
would crash there. Nothing that is there is changed, and the copy is run before the answer is given. ncnn on x86 keeps
blobs in fp32 even in fp16: where values are beyond fp16 the set is for a processor that does not, by emulation.
Exit codes: 0 a set was found or nothing is needed, 1 the bar cannot be met, 2 usage or load error.`

export function addMixed(program: Command, done: Done): void {
  const command = program
    .command('mixed')
    .summary('find the smallest set of layers that must stay in fp32, and write it')
    .description('Finds which layers must stay in fp32 when the rest of a network runs in low precision')
    .argument('<model>', '.param (.mnn: says what MNN lacks)')
    .requiredOption('--reference <model>', 'the original: an .onnx, another model, or a golden pack')
    .option(
      '-i, --input <[name=]file.npy>',
      'an input, as the reference names it or in order; again for further runs (default: the one of the pack)',
      collect,
    )
    .option('--min-sqnr <db>', 'the least SQNR of every output', parseDb, 60)
    .option('--emulate-fp16', 'judge by runs that round every blob to fp16, as ncnn on ARM keeps them')
    .option('--no-emulate-fp16', 'judge by what this processor does, even where values are beyond fp16')
    .option('-o, --out <place>', 'folder of the copy, or its .param', 'twinfer-mixed')
    .option('--force', 'replace a copy that is there')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command).action(async (model: string, options: Omit<MixedRequest, 'model'>) => {
    const { runMixed } = await import('../mixed/runMixed.js')
    done(await runMixed({ ...options, model }))
  })
}
