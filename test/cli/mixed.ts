import { existsSync, linkSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeNpy } from 'twinfer'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { writeTrapped } from '../helpers/lowPrecisionNets.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 600_000)

const folder = t.testdir()
const net = writeTrapped(folder, 'net', { 2: 'weights-overflow' })
const input = join(folder, 'in.npy')
await writeNpy(input, net.input)
const asked = ['mixed', net.param, '--reference', net.param, '--precision', 'fp16']

interface Document {
  readonly outcome: string
  readonly layers: readonly { readonly name: string; readonly mask: number }[]
  readonly after: { readonly sqnrDb: number } | null
  readonly written: readonly string[]
}

t.test('the set, the copy and how it is opened', { skip: process.arch !== 'x64' && 'on x86' }, async (t) => {
  const out = join(folder, 'out')
  const args = [...asked, '-i', input, '-i', input, '--min-sqnr', '45', '-o', out]
  const { status, json } = cliJson<Document>(args)
  t.equal(status, 0)
  t.match(json, {
    outcome: 'found',
    layers: [{ name: 'fc_2', mask: 3 }],
    written: [join(out, 'net.param'), String],
  })
  t.ok(json.after!.sqnrDb >= 45)
  t.notOk('param' in json, 'which is in the file')
  const compared = ['compare', net.param, join(out, 'net.param'), '-i', input, '--precision', 'fp16']
  const ran = cli([...compared, '--tolerance', 'sqnr=45'])
  t.equal(ran.status, 0, ran.stdout)

  const again = cliJson<ErrorJson>(args)
  t.match(again.json.error, { code: 'TWINFER_INVALID_OPTION', message: /which is there/, help: /--force/ })
  const { stdout } = cli([...args, '--force'])
  t.match(stdout, /1 of \d+ layers that fp16-storage changes have to stay in fp32: .* dB become 5\d\.\d dB/)
  t.match(stdout, /^fc_2 +InnerProduct +31=3 /m)
  t.match(stdout, /^wrote .*net\.param$/m)
  t.match(stdout, /^ncnn: net\.opt\.use_fp16_packed = /m)
})

t.test('the exit codes of what needs nothing, and of what cannot be', async (t) => {
  const out = join(folder, 'none')
  const digits = (name: string) => fixture(`digits8-cnn/${name}`)
  const ask = (model: string, ...more: readonly string[]) =>
    cliJson<Document>([
      ...['mixed', digits(model), '--reference', digits('model.ncnn.param')],
      ...['-i', digits('input.npy'), '-o', out, ...more],
    ])
  const fine = ask('model.ncnn.param', '--min-sqnr', '40')
  t.same([fine.status, fine.json.outcome], [0, 'nothing-needed'])
  const far = ask('model_int8.ncnn.param')
  t.same([far.status, far.json.outcome], [1, 'unreachable'])
  t.notOk(existsSync(out))
})

t.test('the model itself is never written over, whatever leads to it', async (t) => {
  const place = t.testdir()
  const weights = net.param.replace(/param$/, 'bin')
  const before = [readFileSync(net.param), readFileSync(weights)]
  const ask = (out: string) =>
    cliJson<ErrorJson>([...asked, '-i', input, '--min-sqnr', '45', '--force', '-o', out]).json.error
  symlinkSync(net.param, join(place, 'net.param'))
  t.match(ask(place), { code: 'TWINFER_INVALID_OPTION', message: /the model's own/ })
  unlinkSync(join(place, 'net.param'))
  linkSync(weights, join(place, 'net.bin'))
  t.match(ask(place), { code: 'TWINFER_INVALID_OPTION', message: /the model's own/ })
  symlinkSync(folder, join(place, 'there'))
  t.match(ask(join(place, 'there')), { code: 'TWINFER_INVALID_OPTION' })
  writeFileSync(join(place, 'notes.txt'), '')
  t.match(ask(join(place, 'notes.txt')), { code: 'TWINFER_FILE_UNREADABLE' })
  t.same([readFileSync(net.param), readFileSync(weights)], before)
})

t.test('what is asked wrongly', async (t) => {
  const error = (...args: readonly string[]) => cliJson<ErrorJson>([...asked, ...args])
  for (const [code, ...args] of [
    ['TWINFER_MISSING_INPUT'],
    ['TWINFER_USAGE', '--min-sqnr', 'much'],
    ['TWINFER_USAGE', '-i', input, '-i', `in0=${input}`],
    ['TWINFER_UNKNOWN_INPUT', '-i', `other=${input}`],
    ['TWINFER_INVALID_OPTION', '-i', input, '-o', folder],
    ['TWINFER_FILE_NOT_FOUND', '-i', join(folder, 'no.npy')],
  ] as const) {
    const { status, json } = error(...args)
    t.same([status, json.error.code], [2, code], args.join(' '))
  }
})
