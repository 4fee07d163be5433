import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect, parseCount } from '../parseOptions.js'
import type { RunModelRequest } from '../run/runModel.js'

const examples = `
Examples:
  $ twinfer run mobilenet.ncnn.param -i data=cat.npy
  $ twinfer run mobilenet.ncnn.param --image cat.jpg
  $ twinfer run mobilenet.mnn -i cat.npy -o outputs --precision fp32 --threads 2
  $ twinfer run detector.ncnn.param -i frame.npy --device vulkan --repeat 20 --json

MODEL is a .param (its .bin beside it), an .mnn or an .onnx (where onnxruntime-node or
onnxruntime-web is installed).`

export function addRun(program: Command, done: Done): void {
  const command = program
    .command('run')
    .summary('run a model once and describe its outputs')
    .description('Runs a model and prints shape, range and the largest values of each output')
    .argument('<model>', '.param, .mnn or .onnx')
    .option(
      '-i, --input <[name=]file>',
      'an input: a .npy, or .npz[:array], by name or in order (may be repeated)',
      collect,
    )
    .option(
      '--image <[name=]file>',
      'a picture, or a .wav, that the sidecar makes an input of (may be repeated)',
      collect,
    )
    .option(
      '--sidecar <file>',
      'the record of how pictures or sound become inputs (default: beside the model)',
    )
    .option('--tuned <file>', 'run with the settings that `twinfer tune` wrote; options that are given win')
    .option('-o, --out <dir>', 'write each output as NAME.npy into this folder')
    .option(
      '--output <name>',
      'compute only this output, or any tensor between two layers (may be repeated)',
      collect,
    )
    .option(
      '--top <count>',
      'classes to show, or values of an output of which no sidecar says what it means',
      parseCount,
      5,
    )
    .option('--repeat <count>', 'runs to time; outputs are those of the last', parseCount, 1)
    .option('--isolate', 'run the engine in a process of its own, within a minute and half of the memory')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(command).action(async (model: string, options: Omit<RunModelRequest, 'model'>) => {
    const { runModel } = await import('../run/runModel.js')
    done(await runModel({ ...options, model }))
  })
}
