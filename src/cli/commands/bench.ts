import { type Command, Option } from 'commander'
import type { BenchRequest } from '../bench/runBench.js'
import type { Done } from '../CommandResult.js'
import { addSampleOptions, timedSamples } from '../inputs/sampleOptions.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect, parseCount, parsePositive } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer bench model.mnn -i input.npy
  $ twinfer bench model.ncnn.param model.mnn --sweep precision,threads --reference model.onnx
  $ twinfer bench model.ncnn.param --sweep precision=fp32,bf16 --sweep threads=1,2 -i input.npy
  $ twinfer bench model.mnn --sweep winogradMemoryLevel=0,3 --duration 5 --report speed.html
  $ twinfer bench model.ncnn.param model.mnn --against onnxruntime --reference model.onnx --json
  $ twinfer bench model.ncnn.param -i input.npy --layers --by type

--sweep names what to vary: precision, threads, engine, device, or an option of an engine (mnn.memory for one engine
only), each with values or, without, with all that make sense here. All combinations take turns in one process, round by
round; each runs in a process of its own first, so that one that crashes or hangs is a row that says so. Settings that
are closer than the rounds tell apart share a rank. Accuracy is against --reference, or against the model in fp32.`

export function addBench(program: Command, done: Done): void {
  const command = program
    .command('bench')
    .summary('measure speed, memory and accuracy of settings in one table')
    .description('Measures how fast and how exact models are in every setting of a sweep')
    .argument('<models...>', '.param, .mnn or .onnx; several of one network compare the engines')
    .option('--sweep <key[=values],...>', 'what to vary (may be repeated)', collect)
    .option('--reference <model>', 'what accuracy is held against: an .onnx, another model, or a golden pack')
    .addOption(
      new Option('--against <peer>', 'also a run of the .onnx by another runtime').choices(['onnxruntime']),
    )
    .option('--duration <seconds>', 'that each setting is timed', parsePositive, 2)
    .option('--rounds <count>', 'parts of that time, in which the settings take turns', parseCount, 10)
    .option(
      '--time-limit <seconds>',
      'after which a setting that gives no answer is ended',
      parsePositive,
      120,
    )
    .option('--layers', 'also the time of each layer, and its share, GFLOP/s and GB/s')
    .addOption(new Option('--by <what>', 'layers of a type together').choices(['type']))
    .option('--report <file.html>', 'write a page with speed over accuracy, in one file')
    .option('--csv <file.csv>', 'write a row for each setting')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(addSampleOptions(command, timedSamples)).action(
    async (models: string[], options: Omit<BenchRequest, 'models'>) => {
      const { runBench } = await import('../bench/runBench.js')
      done(await runBench({ ...options, models }))
    },
  )
}
