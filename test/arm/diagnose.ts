// Report 1 where it happened: a pack that an x64 machine recorded, diagnosed on the board. On other machines the pack is
// recorded on the spot. scripts/test-arm.mjs lays the pack for the emulated board.
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { diagnose } from 'twinfer/diagnose'
import { changePack, digits, recordDigits } from '../helpers/packs.js'
import { projectPath } from '../helpers/projectPath.js'

const fromElsewhere = projectPath('.emulated/golden.twin')

async function packIn(t: Test): Promise<string> {
  const folder = t.testdir()
  if (!process.arch.startsWith('arm') || !existsSync(fromElsewhere)) return recordDigits(folder)
  const pack = join(folder, 'golden.twin')
  copyFileSync(fromElsewhere, pack)
  return pack
}

const harmless = ['NONE', 'PRECISION_EXPECTED', 'ARGMAX_TIES']

for (const file of ['model.ncnn.param', 'model.mnn']) {
  t.test(`${file}: what the desk recorded accuses nobody on the board`, async (t) => {
    const reference = await packIn(t)
    for (const precision of ['fp32', 'fp16'] as const) {
      const { causes } = await diagnose(digits(file), { reference, precision })
      for (const { code, message } of causes) t.ok(harmless.includes(code), `${precision}: ${message}`)
    }
  })
}

t.test('an engine of another version is said before any number', async (t) => {
  const reference = await packIn(t)
  await changePack(reference, (name, content) => {
    if (name !== 'manifest.json') return content
    const manifest = JSON.parse(content.toString()) as { recorded: { versions: { engine: string } } }
    manifest.recorded.versions.engine = '1.0.20230223'
    return Buffer.from(JSON.stringify(manifest))
  })
  const { causes } = await diagnose(digits('model.ncnn.param'), { reference, precision: 'fp32' })
  t.equal(causes[0].code, 'VERSION_SKEW')
  t.match(JSON.stringify(causes[0].evidence), /1\.0\.20230223/)
})
