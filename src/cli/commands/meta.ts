import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { audioPresets } from '../../preprocess/audio/presets.js'
import { outputMeanings } from '../../preprocess/sidecar/Sidecar.js'
import type { Done } from '../CommandResult.js'
import type { MetaRequest } from '../meta/runMeta.js'
import { collect, parseCount } from '../parseOptions.js'

const examples = `
Examples:
  $ twinfer meta init model.ncnn.param --from config.json
  $ twinfer meta init model.mnn --from torchvision:ResNet50_Weights.IMAGENET1K_V2 --labels classes.txt
  $ twinfer meta init model.mnn --from metadata.yaml --labels names.txt --json
  $ twinfer meta init model.mnn --from-tensor golden.npy --image photo.png
  $ twinfer meta init model.ncnn.param --width 28 --height 28 --order GREY --fit stretch \\
      --resampler pillow --interpolation bilinear --scale 1/255 --mean 0.1307 --std 0.3081 --meaning logits
  $ twinfer meta init model.mnn --preset kaldi --sample-rate 16000 --field nMels=80 --meaning embedding
  $ twinfer meta show model.ncnn.param
  $ twinfer meta verify model.ncnn.param --json

The sidecar lies beside the model, under its whole name: model.mnn.twinfer.json. --from takes timm's config.json,
Hugging Face's preprocessor_config.json, the data_preprocessor of MMSegmentation and MMDetection, Ultralytics'
metadata.yaml, the sidecar of the same network in another form, or torchvision:WEIGHTS. Where nobody kept it, it is
recovered from a picture and the tensor that the original was fed. Options win over the source. What
neither says is asked for: nothing has a default. docs/preprocessing.md explains every field.`

export function addMeta(program: Command, done: Done): void {
  program
    .command('meta')
    .summary('write, show and verify the record of how pixels or sound become the input of a model')
    .description('The sidecar of a model: how pixels or sound become its input, and what its outputs mean')
    .addArgument(new Argument('<action>', 'what to do').choices(['init', 'show', 'verify']))
    .argument('<model>', '.param, .mnn or .onnx')
    .option('--sidecar <file>', 'where it is, or is to be (default: beside the model)')
    .option('--from <source>', "init: another tool's configuration, or torchvision:WEIGHTS")
    .option('--from-tensor <file>', 'init: recovered from what the original was fed (.npy), with --image')
    .option('--image <file>', 'init: the picture that this tensor was made of')
    .option('--input <name>', 'init: the input that the picture or sound is for (default: the only one)')
    .option('--width <pixels>', 'init: of the input', parseCount)
    .option('--height <pixels>', 'init: of the input', parseCount)
    .addOption(new Option('--order <order>', 'init: of the channels').choices(['RGB', 'BGR', 'GREY']))
    .addOption(
      new Option('--fit <fit>', 'init: how a picture comes to that size').choices([
        'stretch',
        'cover',
        'crop',
        'letterbox',
        'pad',
      ]),
    )
    .option('--crop-pct <share>', 'init: the share of the side that cover and crop keep', parseNumber)
    .addOption(
      new Option('--resampler <library>', 'init: whose arithmetic resizes').choices([
        'pillow',
        'opencv',
        'torchvision',
        'ncnn',
        'mnn',
      ]),
    )
    .addOption(
      new Option('--interpolation <filter>', 'init: its filter').choices([
        'nearest',
        'nearest-exact',
        'box',
        'bilinear',
        'hamming',
        'bicubic',
        'lanczos',
        'area',
      ]),
    )
    .option('--no-antialias', 'init: torchvision does not smooth when it shrinks')
    .option('--no-rounded', 'init: torchvision resizes floats, not bytes')
    .addOption(
      new Option('--centring <way>', 'init: where half a pixel goes that is left over').choices([
        'even',
        'down',
        'up',
      ]),
    )
    .option(
      '--pad-value <values>',
      'init: of letterbox and pad, 0 to 255, one or one a channel',
      parseNumbers,
    )
    .addOption(
      new Option('--pad-position <place>', 'init: where the picture lies').choices(['centre', 'top-left']),
    )
    .option('--no-exif', 'init: the orientation that a camera noted is not applied')
    .option('--scale <factor>', 'init: what pixels are multiplied with: 1/255 for 0 to 1', parseNumber)
    .option('--mean <values>', 'init: after scaling, one or one a channel', parseNumbers)
    .option('--std <values>', 'init: after scaling, one or one a channel', parseNumbers)
    .addOption(new Option('--layout <layout>', 'init: of the input').choices(['NCHW', 'NHWC']))
    .addOption(new Option('--dtype <type>', 'init: of the input').choices(['float32', 'uint8']))
    .addOption(
      new Option('--preset <library>', 'init: whose log-mel spectrogram sound becomes').choices(audioPresets),
    )
    .option('--sample-rate <hz>', 'init: of the sound', parseCount)
    .option(
      '--field <name=value>',
      "init: a field of the record of sound in place of the preset's (may be repeated)",
      collect,
    )
    .option('--output <name>', 'init: the output that --meaning is about (default: the first)')
    .addOption(new Option('--meaning <word>', 'init: what that output is').choices(outputMeanings))
    .option('--labels <file>', 'init: names of the classes, one a line, or JSON')
    .option('--threshold <number>', 'init: of a mask with one score a pixel', parseNumber)
    .option('--force', 'init: replace the sidecar that is there')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(
      async (
        action: MetaRequest['action'],
        model: string,
        options: Omit<MetaRequest, 'action' | 'model'>,
      ) => {
        const { runMeta } = await import('../meta/runMeta.js')
        done(await runMeta({ ...options, action, model }))
      },
    )
}

/** A number, or a fraction such as 1/255. */
function parseNumber(text: string): number {
  const [, above, below] = /^(-?[\d.]+(?:e[+-]?\d+)?)(?:\/([\d.]+))?$/i.exec(text.trim()) ?? []
  const value = Number(above) / Number(below ?? 1)
  if (above !== undefined && Number.isFinite(value)) return value
  throw new InvalidArgumentError('Expected a number, or a fraction such as 1/255.')
}

/** One number, or one for each channel: 0.485,0.456,0.406. */
function parseNumbers(text: string): number | readonly number[] {
  const values = text.split(',').map(parseNumber)
  if (values.length === 1) return values[0]!
  if (values.length === 3) return values
  throw new InvalidArgumentError('Expected one number, or three separated by commas.')
}
