import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Pack, rejudge, verify } from 'twinfer/compare'
import { changeManifest, digits, recordDigits } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

t.test('an appended run is judged again by other tolerances, without its model', async (t) => {
  const folder = t.testdir()
  copyFileSync(digits('model.mnn'), join(folder, 'model.mnn'))
  const pack = await recordDigits(folder)
  const first = await verify(pack, join(folder, 'model.mnn'), { append: true, precision: 'fp32' })
  t.match(first, { pass: true, number: 1 })
  rmSync(join(folder, 'model.mnn'))
  t.same(readdirSync(folder), ['golden.twin'], 'and nothing else is left there')
  const again = await rejudge(pack)
  t.match(again, { pass: true, number: 1, run: first.run, judgedAs: first.judgedAs })
  t.same(again.outputs, first.outputs)
  const stricter = await rejudge(pack, { tolerances: ['out0:sqnr=250'] })
  t.match(stricter, { pass: false, verdict: { reason: /below the 250\.0 dB of the tolerance/ } })
})

t.test('runs are numbered, and a pack grows by each and loses nothing', async (t) => {
  const pack = await recordDigits(t.testdir())
  await verify(pack, digits('model.mnn'), { append: true })
  await verify(pack, digits('model_int8.ncnn.param'), { append: true })
  t.equal((await rejudge(pack)).run.model.storage, 'int8')
  t.equal((await rejudge(pack, { run: 1 })).run.model.engine, 'mnn')
  for (const run of [0, 3, 1.5]) await t.rejects(rejudge(pack, { run }), { code: 'TWINFER_INVALID_ARGUMENT' })
  const { pass, layers } = await verify(pack, digits('model.ncnn.param'), {
    tolerances: ['sqnr=390'],
    precision: 'bf16',
  })
  t.equal(pass, false)
  t.ok(layers!.matched > 5, 'the layers are still there')
})

t.test('what a later version added to the manifest outlives an append', async (t) => {
  const pack = await recordDigits(t.testdir())
  await changeManifest(pack, (manifest) => {
    manifest.version = '1.5'
    manifest.notes = ['kept']
  })
  await verify(pack, digits('model.mnn'), { append: true })
  const opened = await Pack.open(pack)
  await opened.close()
  t.match(opened.json, { version: '1.5', notes: ['kept'] })
})

t.test('a pack without appended runs has none to judge', async (t) => {
  const pack = await recordDigits(t.testdir())
  await t.rejects(rejudge(pack), {
    code: 'TWINFER_INVALID_ARGUMENT',
    message: /that has none/,
    help: /--append/,
  })
})
