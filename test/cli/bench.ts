import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { endsInBf16 } from '../helpers/endsInBf16.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

interface Document {
  readonly machine: object
  readonly rows: readonly Record<string, unknown>[]
  readonly skipped: readonly { readonly setting: string }[]
  readonly inputs: object
}

const digits = (file: string) => fixture(`digits8-cnn/${file}`)
const quick = ['--duration', '0.03', '--rounds', '3', '--threads', '1']
const input = ['-i', digits('input.npy')]

t.test('a row a setting, with the keys that scripts rely on; page and table', async (t) => {
  const folder = t.testdir()
  const [page, sheet] = [join(folder, 'speed.html'), join(folder, 'speed.csv')]
  const { status, stderr, json } = cliJson<Document>([
    ...['bench', digits('model.ncnn.param'), digits('model.mnn'), ...input, ...quick],
    ...['--sweep', 'precision=fp32,bf16', '--report', page, '--csv', sheet],
  ])
  t.equal(status, 0)
  t.equal(stderr, '', 'no progress in a pipe')
  t.equal(json.rows.length, 4)
  const contract =
    'model engine precision threads device options p50Ms p90Ms p99Ms runsPerS loadMs rssMb sqnrDb cosine top1Agree spread'
  for (const row of json.rows) for (const key of contract.split(' ')) t.ok(key in row, key)
  t.match(json.rows[1], { model: digits('model.ncnn.param'), engine: 'ncnn', precision: 'bf16', threads: 1 })
  t.match(json.inputs, { source: 'given', count: 1 })
  t.match(json.machine, { cpu: { model: String }, before: {}, after: {} })

  const html = readFileSync(page, 'utf8')
  t.match(html, 'data-plot="settings"')
  t.match(html, /"front":\[(true|false)/)
  t.match(html, '<bdi>model.ncnn.param</bdi>')
  const [titles, ...rows] = readFileSync(sheet, 'utf8').trim().split('\n')
  t.match(titles, /^model,engine,precision,threads,device,options,.*p50Ms.*sqnrDb/)
  t.equal(rows.length, 4)
})

t.test('for people: a table, what is left out, and what crashed', async (t) => {
  const models = [digits('model.ncnn.param'), digits('model.mnn')]
  const { status, stdout } = cli(
    [
      ...['bench', ...models, '-i', `image=${digits('input.npy')}`, ...quick],
      ...['--sweep', 'precision=fp32,bf16', '--sweep', 'mnn.memory=normal', '--layers', '--by', 'type'],
    ],
    { env: endsInBf16 },
  )
  t.equal(status, 0)
  t.match(stdout, /one input; accuracy against each model in fp32; 0\.03 s each/)
  t.match(stdout, /^model +precision +threads +device +options +rank +p50/m)
  t.match(stdout, /^model\.ncnn\.param +bf16 +1 +cpu +error +- /m)
  t.match(
    stdout,
    /^model\.ncnn\.param bf16, 1 thread, cpu: TWINFER_ENGINE_CRASHED: running it ends the process/m,
  )
  t.match(stdout, /^model\.mnn +fp32 .* memory=normal +\*?\d /m)
  t.match(
    stdout,
    /^model\.ncnn\.param fp32, 1 thread, cpu\ntype +layers +time +share +GFLOP\/s +GB\/s\nConvolution/m,
  )
})

t.test('all that crashes is exit code 2, with the rows', async (t) => {
  const args = ['bench', digits('model.ncnn.param'), ...input, ...quick, '--precision', 'bf16']
  const { status, json } = cliJson<Document>(args, { env: endsInBf16 })
  t.equal(status, 2)
  t.match(json.rows, [{ error: { code: 'TWINFER_ENGINE_CRASHED' }, p50Ms: null }])
})

t.test('random inputs say so', async (t) => {
  const { stdout } = cli(['bench', digits('model.mnn'), ...quick, '--random', '2', '--seed', '7'])
  t.match(stdout, '2 inputs of random values (seed 7), which are like no real input')
})

t.test('what is asked wrongly', async (t) => {
  const error = (...args: readonly string[]) => cliJson<ErrorJson>(['bench', digits('model.mnn'), ...args])
  for (const [code, help, ...args] of [
    ['TWINFER_USAGE', /'precision'/, '--sweep', 'precison'],
    ['TWINFER_USAGE', /'winogradMemoryLevel'/, '--sweep', 'winogradMemoryLevels=1'],
    ['TWINFER_USAGE', /./, '--duration', 'long'],
    ['TWINFER_USAGE', /./, '--report', digits('model.mnn')],
    ['TWINFER_UNKNOWN_INPUT', /./, '-i', `other=${digits('input.npy')}`],
    ['TWINFER_FILE_NOT_FOUND', /./, '--reference', 'no.onnx'],
  ] as const) {
    const { status, json } = error(...args)
    t.same([status, json.error.code], [2, code], args.join(' '))
    t.match(json.error.help, help, args.join(' '))
  }
})
