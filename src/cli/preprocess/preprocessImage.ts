import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { formatNumber, formatShape } from '../../format/numbers.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import { dumpStages } from '../../preprocess/dumpStages.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocessStages, type Stage } from '../../preprocess/preprocessStages.js'
import { readSidecar, recordsOf } from '../../preprocess/sidecar/sidecarFile.js'
import type { ChannelStatistics } from '../../preprocess/stageStatistics.js'
import { paint, renderTable } from '../../report/renderTable.js'
import { writeNpy } from '../../tensor/npy/writeNpy.js'
import type { CommandResult } from '../CommandResult.js'

export interface PreprocessRequest {
  readonly image: string
  readonly sidecar: string
  readonly input?: string | undefined
  readonly out?: string | undefined
  readonly dumpStages?: string | undefined
}

/** `twinfer preprocess`: the exit code is 0 also where something is odd, which is no failure by itself. */
export async function preprocessImage(request: PreprocessRequest): Promise<CommandResult> {
  const { sidecar } = await readSidecar(request.sidecar)
  const { name, record } = chooseInput(recordsOf(sidecar), request)
  const { tensor, stages } = preprocessStages(await decodeImage(request.image), record)
  const written: string[] = []
  if (request.out !== undefined) {
    await writeNpy(request.out, tensor)
    written.push(request.out)
  }
  if (request.dumpStages !== undefined) written.push(...(await dumpStages(stages, request.dumpStages)))
  const { shape, dtype, layout } = tensor
  return {
    exitCode: 0,
    document: {
      image: request.image,
      sidecar: request.sidecar,
      input: { name, shape, dtype, layout },
      stages: stages.map(({ pixels: _, ...stage }) => stage),
      written,
    },
    text: [
      `${request.image} as ${name}: ${dtype} ${layout} ${formatShape(shape)}`,
      '',
      stageTable(stages),
      ...stages.flatMap((stage) => stage.warnings.map((text) => `${paint('yellow', stage.name)}: ${text}`)),
      ...written.map((file) => `wrote ${file}`),
    ].join('\n'),
  }
}

/** Throws TWINFER_UNKNOWN_INPUT, or TWINFER_MISSING_INPUT where it has to be named. */
function chooseInput(
  records: Readonly<Record<string, Preprocessing>>,
  { input, sidecar }: PreprocessRequest,
): { readonly name: string; readonly record: Preprocessing } {
  const names = Object.keys(records)
  const name = input ?? names[0]
  const record = name === undefined ? undefined : records[name]
  if (input !== undefined && record === undefined) {
    throw new TwinferError(
      'TWINFER_UNKNOWN_INPUT',
      `${sidecar}: expected an input that it has a record of (${names.join(', ') || 'none'}), received '${input}'`,
      { help: suggest(input, names) },
    )
  }
  if (name !== undefined && record !== undefined && (input !== undefined || names.length === 1)) {
    return { name, record }
  }
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `${sidecar}: expected the name of the input that the picture is for: it has ${names.join(', ') || 'none'}`,
    { help: 'Give --input NAME.' },
  )
}

function stageTable(stages: readonly Stage[]): string {
  const each = (key: keyof ChannelStatistics) => (stage: Stage) =>
    stage.statistics.map((channel) => formatNumber(channel[key])).join(' ')
  return renderTable(
    [
      { title: 'stage' },
      { title: 'size' },
      { title: 'min' },
      { title: 'max' },
      { title: 'mean' },
      { title: 'std' },
    ],
    stages.map((stage) => [
      stage.name,
      `${stage.width} x ${stage.height}`,
      ...(['min', 'max', 'mean', 'std'] as const).map((key) => each(key)(stage)),
    ]),
  )
}
