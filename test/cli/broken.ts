import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cli, type ErrorJson } from '../helpers/cli.js'
import { patience } from '../helpers/patience.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

// Some forty processes, one after the other.
t.setTimeout(patience * 300_000)

const folder = sharedModels()
const broken = sharedBroken()
const skip = folder && broken ? false : 'no broken models beside the project'

t.test(
  'no shared broken file ends in a signal: a coded error or a result',
  { skip, timeout: 300_000 },
  async (t) => {
    for (const name of readdirSync(broken!).filter((name) => /^(ncnn|mnn|pnnx|fp16)-/.test(name))) {
      const copy = t.testdir()
      cpSync(`${folder}/${baseOf(name)}`, copy, { recursive: true })
      cpSync(`${broken}/${name}`, copy, { recursive: true, force: true })
      const model = join(copy, name.startsWith('mnn') ? 'model.mnn' : 'model.ncnn.param')
      const { status, signal, stdout } = cli(['run', model, '-i', join(copy, 'input.npy'), '--json'])
      t.equal(signal, null, name)
      t.ok(status === 0 || status === 2, `${name}: exit code ${status}`)
      const { error } = JSON.parse(stdout) as Partial<ErrorJson>
      if (status !== 0) t.match(error?.code, /^TWINFER_/, name)
      t.not(error?.code, 'TWINFER_ENGINE_CRASHED', `${name} is refused before the engine crashes`)
      t.not(error?.code, 'TWINFER_INTERNAL', name)
    }
  },
)

function baseOf(name: string): string {
  if (name.startsWith('mnn') || name.endsWith('face')) return 'tiny-face-detector'
  if (name.startsWith('pnnx')) return 'tiny-ecapa-tdnn'
  return name.startsWith('fp16') ? 'ppocrv4-det' : 'mnist-cnn'
}
