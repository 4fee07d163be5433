import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../dist/check/check.js'
import { findingCodes } from '../../dist/check/Finding.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { projectPath } from '../helpers/projectPath.js'

interface Report {
  readonly ok: boolean
  readonly findings: readonly {
    code: string
    severity: string
    layer: string | null
    offset: number | null
  }[]
}

const model = fixture('digits8-cnn/model.mnn')

t.test('a sound model: exit code 0', (t) => {
  const { status, json, stderr } = cliJson<Report>([
    'check',
    model,
    '--against',
    fixture('digits8-cnn/model.onnx'),
  ])
  t.equal(status, 0)
  t.match(json, { ok: true, findings: [] })
  t.equal(stderr, '')
  t.match(cli(['check', model]).stdout, /27 layers, 12 tensors of weights \(102 kB, fp32\)\n\nsound:/)
  t.end()
})

t.test('a damaged model: exit code 1, with layer and offset', (t) => {
  const folder = t.testdir({ 'net.param': readFileSync(fixture('digits8-cnn/model.ncnn.param')) })
  const weights = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
  weights.writeFloatLE(Number.NaN, 4)
  writeFileSync(join(folder, 'net.bin'), weights)
  const { status, json } = cliJson<Report>(['check', join(folder, 'net.param')])
  t.equal(status, 1)
  t.match(json.findings, [{ code: 'weight-nan', severity: 'error', layer: 'convrelu_0', offset: 4 }])
  const { stdout } = cli(['check', join(folder, 'net.param')])
  t.match(stdout, /^errors +layer +offset +what$/m)
  t.match(stdout, /^weight-nan +convrelu_0 +4 +1 NaN in .* \(net\.bin\)$/m)
  t.match(stdout, /not sound: 1 error\n$/)
  t.end()
})

t.test('a warning: exit code 0, and 1 with --strict', async (t) => {
  const folder = t.testdir({ 'net.param': readFileSync(fixture('digits8-cnn/model.ncnn.param')) })
  const weights = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
  writeFileSync(join(folder, 'net.bin'), Buffer.concat([weights, Buffer.alloc(8)]))
  const args = ['check', join(folder, 'net.param')]
  const { status, json } = cliJson<Report>(args)
  t.equal(status, 0)
  t.match(json, { ok: true, findings: [{ code: 'trailing-bytes', severity: 'warning' }] })
  t.match(cli(args).stdout, /no error, but 1 warning\n$/)
  const strict = cliJson<Report>([...args, '--strict'])
  t.equal(strict.status, 1)
  t.match(strict.json, { ok: false, findings: [{ code: 'trailing-bytes', severity: 'warning' }] })
  t.match(cli([...args, '--strict']).stdout, /not sound: 1 warning\n$/)
  t.equal((await check(join(folder, 'net.param'), { strict: true })).ok, false)
})

t.test('what cannot be checked: exit code 2', (t) => {
  const missing = cliJson<ErrorJson>(['check', fixture('digits8-cnn/model.mn')])
  t.equal(missing.status, 2)
  t.equal(missing.json.error.code, 'TWINFER_FILE_NOT_FOUND')
  const onnx = cliJson<ErrorJson>(['check', fixture('digits8-cnn/model.onnx')])
  t.equal(onnx.status, 2)
  t.equal(onnx.json.error.code, 'TWINFER_MODEL_UNSUPPORTED')
  t.match(onnx.json.error.help, /--against/)
  const source = cliJson<ErrorJson>(['check', model, '--against', fixture('none.onnx')])
  t.equal(source.status, 2)
  t.end()
})

t.test('--dump explains what a reader did wrong', (t) => {
  const { status, json } = cliJson<Report>(['check', model, '--dump', fixture('digits8-cnn/input.npy')])
  t.equal(status, 0)
  t.match(json.findings, [{ code: 'reader-differs', severity: 'info' }])
  t.end()
})

t.test('the documentation explains every code, and no other', (t) => {
  const page = readFileSync(projectPath('docs/checking.md'), 'utf8')
  const explained = [...page.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, code]) => code)
  t.strictSame(explained.toSorted(), [...findingCodes].toSorted())
  t.match(cli(['check', '--help']).stdout, /docs\/checking\.md/)
  t.end()
})
