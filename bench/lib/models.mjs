import { join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname
const fixture = (folder, file) => join(root, folder, file)

/** The two networks that the bars name, from files in the repository. */
export const models = [
  {
    name: 'efficientnet-lite0',
    input: fixture('examples/photo/models', 'input.npy'),
    files: {
      ncnn: fixture('examples/photo/models', 'model_fp16.ncnn.param'),
      mnn: fixture('examples/photo/models', 'model_fp16.mnn'),
    },
    block: 16,
    blocks: 18,
  },
  {
    name: 'digits8-cnn',
    input: fixture('test/fixtures/digits8-cnn', 'input.npy'),
    files: {
      ncnn: fixture('test/fixtures/digits8-cnn', 'model.ncnn.param'),
      mnn: fixture('test/fixtures/digits8-cnn', 'model.mnn'),
    },
    block: 2000,
    blocks: 21,
  },
]
