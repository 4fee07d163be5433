import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const cwd = t.testdir()
cpSync(fixture('digits8-cnn'), cwd, { recursive: true })
const quick = ['--duration', '0.03', '--rounds', '3', '--threads', '1', '-i', 'input.npy']

interface Document {
  readonly outcome: string
  readonly written: readonly string[]
  readonly tuned: { readonly models: readonly object[] } | null
}

t.test('a pair is tuned, the file is written, and `run` takes it', async (t) => {
  const { status, json } = cliJson<Document>(['tune', 'model.ncnn.param', 'model.mnn', ...quick], { cwd })
  t.equal(status, 0)
  t.match(json, { outcome: 'found', written: ['model.ncnn.param.tuned.json'] })
  const written = JSON.parse(readFileSync(join(cwd, 'model.ncnn.param.tuned.json'), 'utf8'))
  t.same(written, json.tuned)

  const [ncnn] = written.models
  ncnn.options = {
    precision: 'bf16',
    threads: 1,
    device: 'cpu',
    engineOptions: { use_packing_layout: false },
  }
  writeFileSync(join(cwd, 'other.json'), JSON.stringify(written))
  const run = ['run', 'model.ncnn.param', '-i', 'input.npy', '--tuned', 'other.json']
  t.match(cliJson<object>(run, { cwd }).json, {
    effective: { precision: 'bf16', threads: 1, options: { use_packing_layout: false } },
  })
  t.match(cliJson<object>([...run, '--precision', 'fp32'], { cwd }).json, {
    effective: { precision: 'fp32' },
  })
  const foreign = cliJson<ErrorJson>(['run', 'model_w8.mnn', '-i', 'input.npy', '--tuned', 'other.json'], {
    cwd,
  })
  t.same([foreign.status, foreign.json.error.code], [2, 'TWINFER_TUNED_MISMATCH'])
  const onnx = cliJson<ErrorJson>(['run', 'model.onnx', '-i', 'input.npy', '--tuned', 'other.json'], { cwd })
  t.same([onnx.status, onnx.json.error.code], [2, 'TWINFER_INVALID_OPTION'])
})

t.test('a bar that nothing meets is exit code 1, and nothing is written', async (t) => {
  const args = ['tune', 'model.mnn', ...quick, '--reference', 'model.ncnn.param', '--min-sqnr', '390']
  const { status, stdout } = cli(args, { cwd })
  t.equal(status, 1)
  t.match(stdout, /^no setting has 390\.0 dB: the best has 1\d\d\.\d dB$/m)
  t.notOk(existsSync(join(cwd, 'model.mnn.tuned.json')))
})

t.test('nothing that is somebody else’s is written over', async (t) => {
  writeFileSync(join(cwd, 'notes.json'), '{}')
  for (const [out, code] of [
    ['notes.json', 'TWINFER_INVALID_OPTION'],
    ['model.mnn', 'TWINFER_USAGE'],
    ['no/where.json', 'TWINFER_FILE_NOT_FOUND'],
  ] as const) {
    const { status, json } = cliJson<ErrorJson>(['tune', 'model.mnn', ...quick, '-o', out], { cwd })
    t.same([status, json.error.code], [2, code], out)
  }
  t.equal(readFileSync(join(cwd, 'notes.json'), 'utf8'), '{}')
})
