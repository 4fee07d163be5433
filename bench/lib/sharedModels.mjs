import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
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

const small = ['digits8-cnn', 'mnist-cnn', 'tiny-ecapa-tdnn', 'tiny-face-detector', 'tiny-unet', 'tiny-vit']

/** Folders of networks that open in milliseconds: those of shared/models, or what is in the repository. */
export function smallModelFolders() {
  const fixtures = new URL('../../test/fixtures/', import.meta.url).pathname
  const found = small.map((name) => join(shared, 'models', name)).filter((folder) => existsSync(folder))
  return [...(found.length > 0 ? found : [join(fixtures, 'digits8-cnn')]), join(fixtures, 'tiny-lstm')]
}

/** The model files of an engine in a folder; a file is its own only one. */
export function modelFiles(path, engine) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => (engine === 'mnn' ? /\.mnn$/ : /\.param$/).test(name))
    .sort()
    .map((name) => join(path, name))
}
