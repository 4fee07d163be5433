import { copyFileSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy, Tensor, writeNpy } from 'twinfer'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { digits } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

// Each command line is two processes.
t.setTimeout(patience * 600_000)

interface VerifyJson {
  readonly pass: boolean
  readonly notices: readonly { readonly code: string; readonly message: string }[]
  readonly judgedAs: { readonly precision: string }
  readonly outputs: readonly { readonly name: string; readonly sqnrDb: number }[]
  readonly verdict: { readonly pass: boolean; readonly reason: string }
  readonly run: number | null
}

const input = digits('input.npy')

/** A pack in the test's folder. */
function recorded(t: Test): string {
  const file = join(t.testdir(), 'golden.twin')
  const args = ['record', digits('model.ncnn.param'), '-i', input, '-o', file, '--layers', 'all']
  const { status, json } = cliJson<{ pack: string; layers: object; noise: object }>(args)
  t.equal(status, 0)
  t.match(json, {
    pack: file,
    engine: 'ncnn',
    layers: { recorded: 8, stored: 8 },
    noise: { deterministic: true },
  })
  return file
}

t.test('record, verify on the other engine, append, delete the model, judge again', (t) => {
  const pack = recorded(t)
  const model = join(dirname(pack), 'model.mnn')
  copyFileSync(digits('model.mnn'), model)
  const verified = cliJson<VerifyJson>(['verify', pack, model, '--precision', 'fp32', '--append'])
  t.equal(verified.status, 0)
  t.match(verified.json, {
    pass: true,
    run: 1,
    judgedAs: { precision: 'fp32' },
    notices: [{ code: 'engine-differs' }],
  })
  t.equal(verified.stderr, '')
  rmSync(model)
  t.equal(cli(['verify', pack, '--rejudge']).status, 0)
  const stricter = cliJson<VerifyJson>(['verify', pack, '--rejudge', '1', '--tolerance', 'out0:sqnr=250'])
  t.equal(stricter.status, 1)
  t.match(stricter.json, { pass: false, verdict: { reason: /250/ } })
  t.end()
})

t.test('nothing that is read is written over', (t) => {
  const model = join(t.testdir(), 'model.mnn')
  const own = join(dirname(model), 'input.npy')
  copyFileSync(digits('model.mnn'), model)
  copyFileSync(input, own)
  const link = join(dirname(model), 'link.npy')
  symlinkSync(own, link)
  for (const out of [model, own, link, `${model}.weight`]) {
    const { status, json } = cliJson<ErrorJson>(['record', model, '-i', `image=${own}`, '-o', out])
    t.equal(status, 2)
    t.match(json.error, { code: 'TWINFER_USAGE', message: `-o would overwrite ${out}` })
  }
  const table = cliJson<ErrorJson>(['compare', digits('model.onnx'), model, '-i', own, '--csv', own])
  t.match(table.json.error, { code: 'TWINFER_USAGE', message: '--csv would overwrite' })
  t.same(readFileSync(own), readFileSync(input))
  t.same(readFileSync(model), readFileSync(digits('model.mnn')))
  t.end()
})

t.test('a wrong input fails, and text says so for people', async (t) => {
  const pack = recorded(t)
  const wrong = join(dirname(pack), 'wrong.npy')
  const { data, shape } = await readNpy(input)
  await writeNpy(
    wrong,
    new Tensor(
      Float32Array.from(data as Float32Array, (value) => 1 - value),
      shape,
    ),
  )
  const model = digits('model_int8.ncnn.param')
  const { status, stdout } = cli(['verify', pack, model, '-i', wrong])
  t.equal(status, 1)
  t.match(stdout, /warning: .*model_int8\.ncnn\.param is not the file that was recorded/)
  t.match(stdout, /^fail: the input is not the recorded one/m)
  t.ok(stdout.startsWith(`${model} by `), 'as it was given, however far it is from the pack')
  t.equal(cliJson<{ model: string }>(['verify', pack, model, '-i', wrong]).json.model, model)

  await writeNpy(wrong, new Tensor(new Float32Array(49), [1, 7, 7]))
  const misshapen = cli(['verify', pack, model, '-i', wrong]).stdout
  t.match(misshapen, /^fail: .*received \[1, 7, 7\]/m)
  t.equal(misshapen.match(/^output /gm)?.length, 1, 'no table of outputs that were not computed')
})

t.test('what cannot be judged is an error with exit code 2', (t) => {
  const pack = recorded(t)
  const code = (...args: string[]) => {
    const { status, json } = cliJson<ErrorJson>(args)
    return [status, json.error.code]
  }
  t.same(code('verify', pack, digits('nosuch.mnn')), [2, 'TWINFER_FILE_NOT_FOUND'])
  t.same(code('verify', digits('input.npy'), digits('model.mnn')), [2, 'TWINFER_ARCHIVE_INVALID'])
  t.same(code('verify', pack, '--rejudge', '--append'), [2, 'TWINFER_USAGE'])
  t.same(code('verify', pack, digits('model.mnn'), '--tolerance', 'prob:sqnr=6'), [2, 'TWINFER_USAGE'])
  t.same(code('record', digits('model.mnn'), '-i', input), [2, 'TWINFER_USAGE'])
  t.end()
})

t.test('inspect shows the manifest of a pack', (t) => {
  const pack = recorded(t)
  const { status, json } = cliJson(['inspect', pack])
  t.equal(status, 0)
  t.match(json, { format: 'twinfer-golden-pack', version: '1.2', recorded: { model: { engine: 'ncnn' } } })
  t.match(cli(['inspect', pack, '--layers']).stdout, /golden pack 1\.2.*8 layers.*convrelu_0/s)
  t.end()
})

t.test('a model in the place of a pack is said to be one', (t) => {
  const { status, json } = cliJson<ErrorJson>(['verify', digits('model.mnn')])
  t.equal(status, 2)
  t.match(json.error, {
    code: 'TWINFER_ARCHIVE_INVALID',
    message: /expected a golden pack, but it looks like an MNN model/,
  })
  t.end()
})
