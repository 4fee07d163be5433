import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

// Each command line is two processes.
t.setTimeout(patience * 120_000)

const digits = (file: string) => fixture(`digits8-cnn/${file}`)
const models = [digits('model.ncnn.param'), digits('model.mnn')]
const input = ['-i', digits('input.npy')]
const reports = (folder: string) => ({
  report: join(folder, 'out.html'),
  csv: join(folder, 'out.csv'),
  junit: join(folder, 'out.xml'),
})
const options = (files: object) => Object.entries(files).flatMap(([name, file]) => [`--${name}`, file])

t.test('compare writes page, table and test results, and says where', async (t) => {
  const files = reports(t.testdir())
  const { status, stdout } = cli(['compare', ...models, ...input, '--precision', 'fp32', ...options(files)])
  t.equal(status, 0)
  t.match(stdout, `report: ${files.report}\ncsv: ${files.csv}\njunit: ${files.junit}\n`)
  t.match(
    readFileSync(files.report, 'utf8'),
    /<h1>Comparison with <bdi>model.ncnn.param<\/bdi> <strong class="badge pass">/,
  )
  t.match(readFileSync(files.csv, 'utf8'), /^reference,.*\n.*model.mnn,mnn,.*,pass,/)
  t.match(readFileSync(files.junit, 'utf8'), /tests="1" failures="0" errors="0"/)
})

t.test('a failed check is written too, and the JSON stays one document', async (t) => {
  const files = reports(t.testdir())
  const args = ['compare', ...models, ...input, '--tolerance', 'sqnr=390', ...options(files)]
  const { status, json } = cliJson<{ pass: boolean }>(args)
  t.equal(status, 1)
  t.equal(json.pass, false)
  t.match(readFileSync(files.report, 'utf8'), '<strong class="badge fail">')
  t.match(readFileSync(files.csv, 'utf8'), ',fail,')
  t.match(readFileSync(files.junit, 'utf8'), /<failure message="SQNR/)
})

t.test('a path that cannot be written is refused before anything runs or is written', async (t) => {
  const folder = t.testdir()
  const files = { ...reports(folder), junit: join(folder, 'no/out.xml') }
  const { status, json } = cliJson<ErrorJson>(['compare', 'no-such.mnn', ...models, ...options(files)])
  t.equal(status, 2)
  t.match(json.error, { code: 'TWINFER_FILE_NOT_FOUND', message: `cannot write ${files.junit}` })
  t.strictSame(readdirSync(folder), [])
})

t.test('a report never replaces a model, nor another report', async (t) => {
  const [reference, candidate] = models as [string, string]
  const folder = t.testdir()
  const forgotten = cliJson<ErrorJson>(['compare', reference, candidate, ...input, '--report', candidate])
  t.equal(forgotten.status, 2)
  t.match(forgotten.json.error, { code: 'TWINFER_USAGE', message: '--report would overwrite' })
  const same = join(folder, 'out')
  const twice = cliJson<ErrorJson>(['compare', ...models, ...input, '--csv', same, '--junit', same])
  t.match(twice.json.error, { code: 'TWINFER_USAGE', message: '--junit would overwrite' })
  t.notOk(existsSync(same))
})

t.test('verify writes its verdict too, and says so', async (t) => {
  const folder = t.testdir()
  const pack = join(folder, 'golden.twin')
  const [recorded, verified] = models as [string, string]
  cli(['record', recorded, ...input, '--precision', 'fp32', '-o', pack])
  const files = reports(folder)
  const { status, stdout } = cli(['verify', pack, verified, '--precision', 'fp32', ...options(files)])
  t.equal(status, 0)
  t.match(stdout, `junit: ${files.junit}\n`)
  t.match(readFileSync(files.report, 'utf8'), '<h1>Comparison with <bdi>golden.twin</bdi>')
  t.match(readFileSync(files.csv, 'utf8'), /golden.twin,.*,mnn,.*,pass,/)
  t.match(readFileSync(files.junit, 'utf8'), /tests="1" failures="0" errors="0"/)
  const over = cliJson<ErrorJson>(['verify', pack, verified, '--csv', pack])
  t.match(over.json.error, { code: 'TWINFER_USAGE', message: '--csv would overwrite' })
})

t.test('verify draws what compare draws, of a run that is judged again too', async (t) => {
  const folder = t.testdir()
  const pack = join(folder, 'golden.twin')
  const [recorded, verified] = models as [string, string]
  cli(['record', recorded, ...input, '--precision', 'fp32', '-o', pack])
  const panels = (...args: string[]) => {
    const report = join(folder, 'out.html')
    cli([...args, '--report', report])
    const page = readFileSync(report, 'utf8')
    return {
      timed: /, load .*, run /.test(page),
      drawn: /<div class="panels">.*?<\/section>/s.exec(page)?.[0],
    }
  }
  const compared = panels('compare', recorded, verified, ...input, '--precision', 'fp32')
  t.match(compared.drawn, /histogram.*scatter.*Worst elements/s)
  t.strictSame(panels('verify', pack, verified, '--precision', 'fp32', '--append'), compared)
  t.strictSame(panels('verify', pack, '--rejudge'), { ...compared, timed: false })
})
