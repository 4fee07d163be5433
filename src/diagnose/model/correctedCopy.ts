import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readTensor } from '../../check/weights/decodeValues.js'
import { openWeights } from '../../check/weights/WeightFile.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { fileError } from '../../tensor/npy/fileError.js'
import type { Correction, Patch, ReadWeight } from './corrections.js'
import { nameOf, writeModel } from './writeModel.js'

/** In which way each correction is applied; null: not at all. */
export type Ways = readonly (number | null)[]

/** A copy of a candidate in a folder, under its own names, which engines rely on, with some things put right. */
export class CorrectedCopy {
  /** The model to open. */
  readonly model: string
  #written: readonly string[] = []

  constructor(
    private readonly file: ModelFile,
    private readonly corrections: readonly Correction[],
    folder: string,
  ) {
    this.model = join(folder, nameOf(file))
  }

  /**
   * Writes it, in the place of one that was written before. Gives all files that were written. Large files are copied and
   * changed where they lie, never held. Throws TWINFER_FILE_UNREADABLE, and TWINFER_INVALID_OPTION for the model's own place.
   */
  async write(ways: Ways): Promise<readonly string[]> {
    const { model } = this.file
    const weights = await this.file.weights()
    const written = await writeModel(this.file, { model, weights }, this.model)
    this.#written = written
    const [modelCopy, weightsCopy] = written
    const contents = { model, weights }
    const read: ReadWeight = async (weight, file) => {
      await using source = await openWeights(contents[file]!)
      return readTensor(weight, source)
    }
    for (const [at, correction] of this.corrections.entries()) {
      const way = ways[at] ?? null
      if (way === null) continue
      const patch = await correction.patch(way, read)
      await apply(patch, (patch.file === 'model' ? modelCopy : weightsCopy)!)
    }
    return written
  }

  /** Takes away what was written. */
  async remove(): Promise<void> {
    for (const path of this.#written) await rm(path, { force: true })
    this.#written = []
  }

  /** What was changed, as a sentence. */
  said(ways: Ways): string {
    const applied = this.corrections.filter((_, at) => (ways[at] ?? null) !== null)
    const whats = (kind: Correction['kind']) =>
      applied.filter((correction) => correction.kind === kind).map(({ what }) => what)
    const [weights, factors] = [whats('weights'), whats('factor')]
    const changes = [
      ...whats('text').map(([change]) => change),
      ...(weights.length > 0
        ? [
            `wrote the weights of ${listed(weights.map(([source]) => `'${source}'`))} over those of ${listed(weights.map(([, layer]) => `'${layer}'`))}`,
          ]
        : []),
      ...(factors.length > 0
        ? [`divided the weights of ${factors.map(([layer, by]) => `'${layer}' by ${by}`).join(', ')}`]
        : []),
    ]
    return `Use a copy of the file: ${changes.join(', ')}.`
  }
}

const listed = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')

async function apply({ offset, bytes }: Patch, path: string): Promise<void> {
  try {
    await using handle = await open(path, offset === null ? 'w' : 'r+')
    await handle.write(bytes, 0, bytes.length, offset ?? 0)
  } catch (error) {
    throw await fileError(path, 'write', error)
  }
}
