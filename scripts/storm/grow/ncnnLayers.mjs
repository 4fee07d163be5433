import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchNcnn } from '../../engines/fetch-ncnn.mjs'
import { projectRoot } from '../../engines/paths.mjs'

const assignment = /(\S+)\s*=\s*pd\.get\((\d+),\s*([^;]*)\);/g

/**
 * Every layer type of this ncnn with the parameters that its own code reads: { name, id, kind }, where the kind is that of
 * the default. Read from ncnn's source, so that a parameter which a new version adds is not forgotten.
 */
export async function readNcnnLayers() {
  const folder = join(await fetchNcnn(), 'src/layer')
  const table = readFileSync(join(projectRoot, 'cpp/format/ncnn/layer_types.cpp'), 'utf8')
  const names = [...table.matchAll(/TWINFER_LAYER\((\w+)\) */g)].map(([, name]) => name)
  const layers = {}
  for (const name of names) {
    const file = join(folder, `${name.toLowerCase()}.cpp`)
    if (name !== 'name' && existsSync(file)) layers[name] = parametersIn(readFileSync(file, 'utf8'))
  }
  return layers
}

function parametersIn(source) {
  const found = new Map()
  for (const [, name, id, usual] of source.matchAll(assignment))
    if (!found.has(id)) found.set(id, { name, id: Number(id), kind: kindOf(usual) })
  return [...found.values()]
}

function kindOf(usual) {
  if (usual.startsWith('Mat')) return 'array'
  if (usual.startsWith('"')) return 'text'
  return /\.\d*f\b/.test(usual) ? 'float' : 'int'
}
