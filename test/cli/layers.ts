import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { LayersComparison } from 'twinfer/compare'
import { cli, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'

interface Document {
  pass: boolean
  candidates: { layers: LayersComparison; verdict: { reason: string }; warnings: string[] }[]
}

const onnx = fixture('digits8-cnn/model.onnx')
const input = fixture('digits8-cnn/input.npy')

t.test('compare --layers gives every layer of each candidate', async (t) => {
  const candidates = ['model.ncnn.param', 'model.mnn'].map((file) => fixture(`digits8-cnn/${file}`))
  const { status, stdout, stderr } = cli([
    'compare',
    onnx,
    ...candidates,
    '-i',
    input,
    '--precision',
    'fp32',
    '--layers',
    '--json',
  ])
  t.equal(status, 0, stderr)
  t.equal(stderr, '')
  const { candidates: compared } = JSON.parse(stdout) as Document
  for (const { layers } of compared) {
    t.equal(layers.firstDivergence, null)
    t.equal(layers.unmatched, 0)
    t.equal(layers.matched, layers.layers.length)
    for (const { own, accumulated, statistics, ms } of layers.layers) {
      t.match(
        { own, accumulated, statistics, ms },
        { own: { sqnrDb: Number }, accumulated: { cosine: Number } },
      )
      t.ok(statistics.maxAbs > 0 && ms! >= 0)
    }
  }
})

t.test('a failed verdict names the first wrong layer, and the table shows it', async (t) => {
  const dir = t.testdir()
  const bytes = readFileSync(fixture('digits8-cnn/model.ncnn.bin'))
  bytes.fill(0, 4, 4 + 4 * 108)
  writeFileSync(join(dir, 'model.ncnn.bin'), bytes)
  copyFileSync(fixture('digits8-cnn/model.ncnn.param'), join(dir, 'model.ncnn.param'))
  const args = [
    'compare',
    onnx,
    join(dir, 'model.ncnn.param'),
    '-i',
    input,
    '--layers',
    '--precision',
    'fp32',
  ]
  const json = cli([...args, '--json'])
  t.equal(json.status, 1)
  const [candidate] = (JSON.parse(json.stdout) as Document).candidates
  t.match(candidate!.layers.firstDivergence, { name: 'convrelu_0', damage: 'whole-layer' })
  t.match(candidate!.verdict.reason, /first wrong layer convrelu_0 \(Convolution\)/)
  const text = cli(args)
  t.equal(text.status, 1)
  t.match(text.stdout, /own SQNR +as it ran/)
  t.match(text.stdout, /the first wrong one is convrelu_0/)
  t.match(
    text.stdout,
    /cut it out: twinfer extract \S+ --layer convrelu_0 --reference \S+ -i INPUT.npy -o repro/,
  )
})

t.test('--layers needs layers on both sides', async (t) => {
  const mnn = fixture('digits8-cnn/model.mnn')
  for (const [reference, candidate] of [
    [fixture('digits8-cnn/expected.npy'), mnn],
    [mnn, onnx],
  ]) {
    const { status, stdout } = cli(['compare', reference!, candidate!, '-i', input, '--layers', '--json'])
    t.equal(status, 2)
    t.match((JSON.parse(stdout) as ErrorJson).error, { code: 'TWINFER_USAGE', message: /--layers/ })
  }
})

t.test('a model with control flow is compared without its layers, and that is said', async (t) => {
  const dir = fixture('tiny-lstm')
  const { stdout } = cli([
    'compare',
    `${dir}/if.onnx`,
    `${dir}/if.mnn`,
    '-i',
    `${dir}/input.npy`,
    '--layers',
    '--json',
  ])
  const document = JSON.parse(stdout) as Document & ErrorJson
  if (document.error) return t.pass(`if.mnn takes another input: ${document.error.code}`)
  t.match(document.candidates[0]!.warnings, [/--layers: .*control flow|Module|If/])
})
