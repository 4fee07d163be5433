import type { Command } from 'commander'
import type { TuneRequest } from '../bench/runTune.js'
import type { Done } from '../CommandResult.js'
import { addSampleOptions, timedSamples } from '../inputs/sampleOptions.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { parseCount, parseDb, parsePositive } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer tune model.ncnn.param model.mnn --reference model.onnx -i input.npy
  $ twinfer tune model.mnn --min-sqnr 40 --max-memory 200 -o model.tuned.json
  $ twinfer run model.mnn --tuned model.mnn.tuned.json -i input.npy

Tries precisions, threads and switches of each model, and takes the fastest that meets the bar: of settings that are equal
within the noise, the simplest. What it writes is for these models, this version of the engines and this CPU, and is
refused elsewhere. --precision and --threads, where given, are kept as they are.
Exit codes: 0 found, 1 no setting meets the bar, 2 usage or load error.`

export function addTune(program: Command, done: Done): void {
  const command = program
    .command('tune')
    .summary('find the fastest setting on this machine that meets an accuracy, and write it')
    .description('Finds the fastest engine, precision, threads and switches that meet a bar of accuracy')
    .argument('<models...>', '.param or .mnn; both of one network are tuned across engines')
    .option('--min-sqnr <db>', 'the least SQNR of every output', parseDb, 60)
    .option('--max-memory <mb>', 'the most memory of a process that runs it, in MB', parsePositive)
    .option('--reference <model>', 'what accuracy is held against: an .onnx, another model, or a golden pack')
    .option('-o, --out <file>', 'the file to write (default: MODEL.tuned.json of the first model)')
    .option('--duration <seconds>', 'that each of the last settings is timed', parsePositive, 2)
    .option('--rounds <count>', 'parts of that time, in which the settings take turns', parseCount, 10)
    .option(
      '--time-limit <seconds>',
      'after which a setting that gives no answer is ended',
      parsePositive,
      120,
    )
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(addSampleOptions(command, timedSamples)).action(
    async (models: string[], options: Omit<TuneRequest, 'models'>) => {
      const { runTune } = await import('../bench/runTune.js')
      done(await runTune({ ...options, models }))
    },
  )
}
