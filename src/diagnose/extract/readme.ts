import { basename } from 'node:path'
import { formatDb, formatNumber, formatShape } from '../../format/numbers.js'
import type { Extraction } from './Extraction.js'

/** What lies in the folder of a piece, for whoever is sent it. */
export function readmeOf(extraction: Extraction): string {
  const { engine, layers, inputs, fixed, outputs, alone, effective, versions, machine, warnings } = extraction
  const named = layers.map(({ name, type }) => `\`${name}\` (${type})`)
  const what =
    layers.length === 1 ? `The layer ${named[0]}` : `${layers.length} layers, ${named[0]} to ${named.at(-1)},`
  const has = (source: 'reference' | 'engine') => outputs.some(({ expectedFrom }) => expectedFrom === source)
  return [
    `# ${what} of an ${engine} network`,
    '',
    `Cut out of \`${basename(extraction.model)}\` by \`twinfer extract\`: a model of its own with the input that it has in the whole network, what`,
    `${engine} computes of it, and what was expected.`,
    '',
    '## Run it',
    '',
    '```sh',
    'npm install twinfer && node run.mjs',
    '```',
    '',
    '(where npm does not find it yet, install a built checkout: `npm install FOLDER`),',
    '',
    engine === 'ncnn'
      ? 'or on ncnn alone, where it is installed into `$NCNN`:'
      : 'or on MNN alone, where it is installed into `$MNN`:',
    '',
    '```sh',
    engine === 'ncnn'
      ? 'g++ -O2 -std=c++17 repro.cpp -o repro -I$NCNN/include/ncnn -L$NCNN/lib -lncnn -fopenmp && ./repro'
      : 'g++ -O2 -std=c++17 repro.cpp -o repro -I$MNN/include -L$MNN/lib -lMNN -lpthread && ./repro',
    '```',
    '',
    'Both print how far each output is from the expected one.',
    ...(effective.device === 'cpu'
      ? []
      : ['The program in C++ runs on the CPU; the numbers below are of the GPU.']),
    '',
    '## What was expected, and what came',
    '',
    '| output | shape | expected from | SQNR | max abs |',
    '| --- | --- | --- | --- | --- |',
    ...outputs.map(
      ({ name, shape, expectedFrom, reference, sqnrDb, maxAbs }) =>
        `| \`${name}\` | ${formatShape(shape)} | ${expectedFrom === 'reference' ? `the reference's \`${reference}\`` : engine} | ${formatDb(sqnrDb)} | ${formatNumber(maxAbs)} |`,
    ),
    '',
    ...(has('reference')
      ? [
          '`expected/` holds what the reference computes, `computed/` what came of the piece as it was asked to run.',
        ]
      : []),
    ...(has('engine')
      ? [
          `No reference has ${has('reference') ? 'the others' : 'it'}: \`expected/\` holds what ${engine} itself computes of the piece in`,
          `${plainWords(extraction)} with its faster algorithms turned off, \`computed/\` what came as it was asked to run. That tells an`,
          'optimisation from the layer; whether the layer is right, only a reference tells.',
        ]
      : []),
    '',
    '| input | shape | type | comes from |',
    '| --- | --- | --- | --- |',
    ...inputs.map(
      ({ name, shape, dtype, from, reference }) =>
        `| \`${name}\` | ${formatShape(shape)} | ${dtype} | ${sourceWords[from]}${reference === null ? '' : ` (\`${reference}\`)`} |`,
    ),
    ...(fixed.length === 0
      ? []
      : [
          '',
          `Constants in the piece, because they decide shapes: ${fixed.map((name) => `\`${name}\``).join(', ')}.`,
        ]),
    '',
    alone.identical
      ? `Run alone in fp32 on ${engine}'s own values, the piece gives bit for bit what it gives inside of the whole network.`
      : `Run alone in fp32 on ${engine}'s own values, the piece is within ${formatNumber(alone.maxAbs)} (${formatDb(alone.sqnrDb)}) of what it gives inside of the whole network.`,
    '',
    '## Made with',
    '',
    `- ${engine} ${versions.engine}, ${effective.precision}, ${effective.device}, ${effective.threads} ${effective.threads === 1 ? 'thread' : 'threads'}`,
    ...(versions.converter ? [`- converted by ${versions.converter}`] : []),
    `- twinfer ${versions.twinfer}, Node.js ${versions.node}`,
    `- ${machine.platform} ${machine.arch}, ${machine.cpu}${machine.features?.length ? `: ${machine.features.join(', ')}` : ''}`,
    ...warnings.map((warning) => `- note: ${warning}`),
    '',
    '## Licence',
    '',
    'The weights and the values are those of the network that they were cut out of, and under its licence: see that you may pass',
    'them on before you attach this folder to a report.',
    '',
  ].join('\n')
}

const sourceWords: Readonly<Record<Extraction['inputs'][number]['from'], string>> = {
  model: 'the input of the whole network',
  engine: 'what the engine computed up to there, in fp32',
  reference: 'what the reference has there',
}

function plainWords({ effective }: Extraction): string {
  return effective.precision === 'int8' ? 'int8, as its weights are,' : 'fp32'
}
