// Records the golden pack that test/arm/golden.ts verifies: `recordPack.mjs FILE`, on the machine that runs the tests.
import { join } from 'node:path'
import { readNpy } from 'twinfer'
import { record } from 'twinfer/compare'
import { projectRoot } from '../engines/paths.mjs'

const network = join(projectRoot, 'test/fixtures/digits8-cnn')
const inputs = await readNpy(join(network, 'input.npy'))
await record(join(network, 'model.ncnn.param'), { file: process.argv[2], inputs, layers: 'all' })
