import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { formatNumber, formatShape } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { type AudioStage, audioStages } from '../../preprocess/audio/audioStages.js'
import { decodeWav } from '../../preprocess/audio/decodeWav.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import { describeStage, dumpStages } from '../../preprocess/dumpStages.js'
import { preprocessStages, type Stage } from '../../preprocess/preprocessStages.js'
import type { Sidecar, SidecarInput } from '../../preprocess/sidecar/Sidecar.js'
import { readSidecar } from '../../preprocess/sidecar/sidecarFile.js'
import type { ChannelStatistics } from '../../preprocess/stageStatistics.js'
import { renderTable } from '../../report/renderTable.js'
import { writeNpy } from '../../tensor/npy/writeNpy.js'
import type { CommandResult } from '../CommandResult.js'
import { refuseOverwriting } from '../output/refuseOverwriting.js'

export interface PreprocessRequest {
  readonly file: string
  readonly sidecar: string
  readonly input?: string | undefined
  readonly out?: string | undefined
  readonly dumpStages?: string | undefined
}

/** `twinfer preprocess`: the exit code is 0 also where something is odd, which is no failure by itself. */
export async function preprocessFile(request: PreprocessRequest): Promise<CommandResult> {
  refuseOverwriting({ '-o': request.out }, { models: [], inputs: [request.file, request.sidecar] })
  const { sidecar } = await readSidecar(request.sidecar)
  const { name, record } = chooseInput(sidecar, request)
  const { tensor, stages } = record.image
    ? preprocessStages(await decodeImage(request.file), record.image)
    : audioStages(await decodeWav(request.file), record.audio)
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
      [record.image ? 'image' : 'audio']: request.file,
      sidecar: request.sidecar,
      input: { name, shape, dtype, layout },
      stages: stages.map(describeStage),
      written,
    },
    text: linesOf([
      `${request.file} as ${name}: ${dtype} ${layout} ${formatShape(shape)}`,
      '',
      stageTable(stages),
      ...stages.flatMap((stage) => stage.warnings.map((text) => `${paint('yellow', stage.name)}: ${text}`)),
      ...written.map((file) => `wrote ${file}`),
    ]),
  }
}

/** Throws TWINFER_UNKNOWN_INPUT, or TWINFER_MISSING_INPUT where it has to be named. */
function chooseInput(
  { inputs }: Sidecar,
  { input, sidecar }: PreprocessRequest,
): { readonly name: string; readonly record: SidecarInput } {
  const names = Object.keys(inputs)
  const name = input ?? names[0]
  const record = name !== undefined && Object.hasOwn(inputs, name) ? inputs[name] : undefined
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
    `${sidecar}: expected the name of the input that the file is for: it has ${names.join(', ') || 'none'}`,
    { help: 'Give --input NAME.' },
  )
}

function stageTable(stages: readonly (Stage | AudioStage)[]): string {
  const each = (key: keyof ChannelStatistics) => (stage: Stage | AudioStage) =>
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
      'frames' in stage ? `${stage.frames} x ${stage.columns}` : `${stage.width} x ${stage.height}`,
      ...(['min', 'max', 'mean', 'std'] as const).map((key) => each(key)(stage)),
    ]),
  )
}
