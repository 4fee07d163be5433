import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { diagnose } from '../../src/diagnose/diagnose.js'
import { record } from '../../src/pack/record.js'
import { readNpy } from '../../src/tensor/npy/readNpy.js'
import { fixture } from '../helpers/fixtures.js'

const model = fixture('digits8-cnn/model.mnn')
// Whatever it is called, it is told by its first bytes.
const pack = join(t.testdir(), 'golden')
await record(model, { file: pack, inputs: await readNpy(fixture('digits8-cnn/input.npy')) })

t.test('a golden pack stands in for the original, and gives the input', async (t) => {
  const { causes, rungs } = await diagnose(model, { reference: pack, precision: 'fp32' })
  t.same(
    causes.map(({ code }) => code),
    ['NONE'],
  )
  t.ok(rungs.some(({ rung }) => rung === 'outputs'))
})

t.test('it is closed again', { skip: !existsSync('/proc/self/fd') && 'no /proc' }, async (t) => {
  await diagnose(model, { reference: pack, precision: 'fp32' })
  t.notOk(openFiles().includes(pack), openFiles().join())
})

/** The targets of this process's file descriptors. */
function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(join('/proc/self/fd', descriptor))]
    } catch {
      return [] // the one that reads the folder
    }
  })
}
