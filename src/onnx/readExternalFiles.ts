import { readFile } from 'node:fs/promises'
import { externalPath } from './graph/externalPath.js'
import type { OnnxGraph } from './graph/OnnxGraph.js'
import type { OnnxSessionOptions } from './OnnxRuntime.js'

/** The content of the files in which a model keeps weights, under the names that it has for them. */
export async function readExternalFiles(
  { initializers }: OnnxGraph,
  model: string,
): Promise<NonNullable<OnnxSessionOptions['externalData']>> {
  const users = new Map<string, string>()
  for (const { name, location } of initializers.values()) if (location !== null) users.set(location, name)
  return Promise.all(
    [...users].map(async ([path, name]) => ({ path, data: await readFile(externalPath(path, name, model)) })),
  )
}
