import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const shared = process.env.TWINFER_SHARED ?? new URL('../../../shared', import.meta.url).pathname

/** The networks of shared/models that both engines have, with the name of the original's input; `only` one of them. */
export function sharedModels(only) {
  const root = join(shared, 'models')
  if (!existsSync(root)) throw new Error(`expected models in ${root}: set TWINFER_SHARED`)
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'meta.json')) && (only === undefined || name === only))
    .map((name) => {
      const folder = join(root, name)
      const { engines } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'))
      return { name, folder, input: 'input.npy', onnxInput: engines.onnx.inputs[0].name }
    })
}
