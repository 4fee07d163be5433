import { type Command, Option } from 'commander'
import { passRules } from '../../compare/judge/passRules.js'
import type { Done } from '../CommandResult.js'
import type { CompareRequest } from '../compare/Comparison.js'
import { addSampleOptions } from '../inputs/sampleOptions.js'
import { addModelOptions } from '../models/ModelOptions.js'
import { collect, parseCount } from '../parseOptions.js'
import { addReportOptions } from '../reports/reportWriters.js'

const examples = `
Examples:
  $ twinfer compare model.onnx model.ncnn.param model.mnn -i image=cat.npy
  $ twinfer compare model.ncnn.param model.mnn -i cat.npy --precision fp16
  $ twinfer compare expected.npz model.mnn -i cat.npy --json
  $ twinfer compare model.onnx model.ncnn.param -i cat.npy --layers
  $ twinfer compare model.onnx model.mnn -i cat.npy --tolerance prob:sqnr=60,top1=1
  $ twinfer compare model.onnx model.mnn --inputs 'val/*.npy'
  $ twinfer compare model.onnx model.ncnn.param --images photos --layers
  $ twinfer compare model.onnx model.mnn --random 16 --seed 7
  $ twinfer compare model.onnx model.mnn -i cat.npy --report out.html --csv out.csv --junit out.xml

REFERENCE is a model, which runs in fp32, or recorded outputs: a .npy where the model has one, a .npz with
more of them by name. --precision and the other options are for the candidates. Inputs are named as the
reference names them. A candidate that names inputs or outputs differently is paired by pnnx's numbers (in0,
out1: the original's order), then by value and shape, then in order; --pair REFERENCE=CANDIDATE says it.
An input that a candidate does not have is noted, as converters drop what nothing reads.

With many inputs the worst is shown, and layers are those of that one; a candidate has to pass on all. -i beside
them is the same for each. Without any, the inputs are random values, which is said. The models come first: --inputs
and --images take all files that follow them.

An .onnx runs on onnxruntime-node or, where that is not installed, on onnxruntime-web; --engine-option
onnx.runtime=node or onnx.runtime=web chooses. A candidate passes where each output reaches the SQNR that the
precision that ran allows, or the tolerance that is given for it: sqnr (dB, least), cosine (least), maxabs,
maxrel (largest errors), top1 (least share of positions whose best class agrees). With two candidates and
more, a vote tells the odd one out. --layers runs every layer of a candidate on the reference's own tensors
as well, which tells the layer that is wrong from those that only pass its error on. Exit codes: 0 all pass, 1 one fails, 2 usage or load error, 3 inconclusive.`

export function addCompare(program: Command, done: Done): void {
  const named = program
    .command('compare')
    .summary('compare the outputs of models with those of a reference')
    .description('Runs a reference and candidates on the same input and judges how far the outputs differ')
    .argument('<reference>', '.param, .mnn, .onnx or recorded outputs (.npy, .npz)')
    .argument('<candidates...>', '.param, .mnn or .onnx')
  const command = addSampleOptions(named, {
    input: 'an input, by name or in order (may be repeated)',
    inputs: "many inputs, a file each: 'val/*.npy'; a .npz holds several inputs",
  })
    .option(
      '--pair <reference=candidate>',
      'outputs, or inputs, that are the same under two names (may be repeated)',
      collect,
    )
    .option(
      '--tolerance <[output:]key=limit,...>',
      'in place of what the precision allows (may be repeated)',
      collect,
    )
    .addOption(
      new Option('--judge-as <precision>', 'judge as if this precision had run').choices(
        Object.keys(passRules),
      ),
    )
    .option('--layers', 'also layer by layer: which is the first that is wrong')
    .option('--repeat <count>', 'runs of each candidate, to see whether they agree', parseCount, 3)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
  addModelOptions(addReportOptions(command)).action(
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
