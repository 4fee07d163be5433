import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answering } from '../errors/answering.js'
import { TwinferError } from '../errors/TwinferError.js'
import { makeFolder } from '../file/makeFolder.js'
import type { AudioStage } from './audio/audioStages.js'
import { loadSharp } from './loadSharp.js'
import type { Stage } from './preprocessStages.js'

/**
 * Writes each stage as a picture, `0-decoded.png` to `4-normalised.png` or `0-waveform.png` to
 * `4-features.png`, and all their statistics as `stages.json` into
 * a folder, which is made where it is missing. Values that are no bytes are shown from their least (black) to their
 * greatest (white); channels are shown as red, green and blue in the order that they have. Answers with the paths.
 *
 * @throws TwinferError TWINFER_MISSING_DEPENDENCY where sharp is not installed, TWINFER_FILE_UNREADABLE where the folder
 * cannot be written.
 */
export const dumpStages = answering(
  'dumpStages',
  async (stages: readonly (Stage | AudioStage)[], folder: string): Promise<string[]> => {
    const sharp = await loadSharp('writing stages as PNG')
    const files: string[] = []
    try {
      await makeFolder(folder)
      for (const [index, stage] of stages.entries()) {
        const { width, height, channels, data } = 'picture' in stage ? stage.picture() : pictureOf(stage)
        const file = join(folder, `${index}-${stage.name}.png`)
        const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 }
        await sharp(data, { raw }).png().toFile(file)
        files.push(file)
      }
      const described = stages.map(describeStage)
      const file = join(folder, 'stages.json')
      await writeFile(file, `${JSON.stringify(described, null, 2)}\n`)
      return [...files, file]
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new TwinferError(
        'TWINFER_FILE_UNREADABLE',
        `cannot write the stages into ${folder}: ${message}`,
        {
          cause,
          help: 'Check the path and its permissions.',
        },
      )
    }
  },
)

/** A stage as JSON has it, without its values. */
export function describeStage(stage: Stage | AudioStage): object {
  return Object.fromEntries(Object.entries(stage).filter(([, value]) => typeof value !== 'function'))
}

function pictureOf(stage: Stage) {
  const { width, height, channels } = stage
  return { width, height, channels, data: asBytes(stage) }
}

function asBytes({ pixels, statistics }: Stage): Uint8Array {
  const values = pixels()
  if (!(values instanceof Float32Array)) return Uint8Array.from(values)
  const min = Math.min(...statistics.map((channel) => channel.min))
  const range = Math.max(...statistics.map((channel) => channel.max)) - min
  const isBytes = min >= 0 && min + range <= 255 && range > 16
  const [origin, step] = isBytes || !(range > 0) ? [0, 1] : [min, 255 / range]
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round((value - origin) * step))))
}
