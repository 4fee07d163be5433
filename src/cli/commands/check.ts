import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { CheckRequest } from '../check/checkModel.js'

const examples = `
Examples:
  $ twinfer check mobilenet.ncnn.param
  $ twinfer check mobilenet.mnn --against mobilenet.onnx
  $ twinfer check mobilenet.ncnn.param --dump conv1.npy
  $ twinfer check download.mnn --run
  $ twinfer check mobilenet.mnn --json

Reads the files, and opens the model where the engines load, but runs nothing, unless --run says so: then once,
within a minute and half of the memory. --against holds every weight
against the model that it was converted from; batch norms that were folded in, float16 and int8 do not disturb
that. --dump takes the weights of one layer as a program of yours read them, and says where it went wrong.
docs/checking.md explains every finding. Exit code 1 where one is an error (with --strict also for a warning),
else 0; 2 where the files cannot be read.`

export function addCheck(program: Command, done: Done): void {
  program
    .command('check')
    .summary('find damage in a model file without running it')
    .description('Checks that a model file is whole, consistent, and holds weights that can be weights')
    .argument('<model>', '.param (its .bin beside it) or .mnn')
    .option('--against <model.onnx>', 'the model that it was converted from')
    .option('--dump <file.npy>', 'weights of one layer as your own reader read them')
    .option('--run', 'run it once on random values, in a process of its own')
    .option('--strict', 'fail for warnings too')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async (model: string, options: Omit<CheckRequest, 'model'>) => {
      const { checkModel } = await import('../check/checkModel.js')
      done(await checkModel({ ...options, model }))
    })
}
