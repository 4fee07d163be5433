import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import { weightsPath } from '../../file/NcnnReport.js'
import { parseInputSpec } from '../inputs/readInputs.js'

/** What a command reads. */
export interface ReadFiles {
  /** Weights beside them count as well. */
  readonly models: readonly (string | undefined)[]
  /** As they were given: `FILE`, `NAME=FILE`, `FILE.npz:MEMBER`. */
  readonly inputs?: readonly (string | readonly string[] | undefined)[]
}

/**
 * `--report model.mnn` may be a forgotten file name: the model that is to be compared would be gone. Throws TWINFER_USAGE for
 * a file to be written that is one of those read, under whatever name, or that is to be written twice.
 *
 * @param files by option, as people write it.
 */
export function refuseOverwriting(
  files: Readonly<Record<string, string | undefined>>,
  { models, inputs = [] }: ReadFiles,
): void {
  const read = [
    ...models.flatMap((model) => (model === undefined ? [] : [model, weightsPath(model), `${model}.weight`])),
    ...inputs.flatMap((given) => given ?? []).flatMap((spec) => [spec, parseInputSpec(spec).file]),
  ]
  const taken = new Set(read.map(placeOf))
  for (const [option, path] of Object.entries(files)) {
    if (path === undefined) continue
    if (taken.has(placeOf(path))) {
      throw new TwinferError('TWINFER_USAGE', `${option} would overwrite ${path}`, {
        help: `Give ${option} the name of a new file.`,
      })
    }
    taken.add(placeOf(path))
  }
}

/** Through links, where it is there. */
function placeOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
