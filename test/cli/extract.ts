import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Extraction } from 'twinfer/diagnose'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { digits } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

const input = digits('input.npy')

t.test('a layer with a reference, as text and as a document', (t) => {
  const out = join(t.testdir(), 'sub/repro')
  const args = ['extract', digits('model.ncnn.param'), '--layer', 'convrelu_2', '-i', input]
  const shown = cli([...args, '--reference', digits('model.onnx'), '-o', out])
  t.equal(shown.status, 0, shown.stderr)
  t.match(shown.stdout, /^convrelu_2 \(Convolution\) of .*model\.ncnn\.param$/m)
  t.match(shown.stdout, /bit for bit/)
  t.match(shown.stdout, /wrote 10 files into/)
  const { status, json } = cliJson<Extraction>([...args, '-o', out, '--force'])
  t.equal(status, 0)
  t.match(json, {
    folder: out,
    engine: 'ncnn',
    layers: [{ index: 4, name: 'convrelu_2', type: 'Convolution' }],
    alone: { identical: true },
    outputs: [{ name: '4', expectedFrom: 'engine', reference: null }],
  })
  const readme = readFileSync(join(out, 'README.md'), 'utf8')
  t.match(readme, /^# The layer `convrelu_2` \(Convolution\) of an ncnn network$/m)
  t.match(readme, /^No reference has it: /m)
  t.match(readme, /under its licence/)
  t.match(readme, /where npm does not find it yet/)
  t.end()
})

t.test('a range, and the pack it is held against', (t) => {
  const folder = t.testdir()
  const pack = join(folder, 'golden.twin')
  t.equal(cli(['record', digits('model.onnx'), '-i', input, '-o', pack, '--layers', 'all']).status, 0)
  const args = ['--layer', 'convrelu_2', '--to', 'convrelu_3', '--reference', pack, '-o', join(folder, 'out')]
  const { status, json } = cliJson<Extraction>(['extract', digits('model.ncnn.param'), ...args])
  t.equal(status, 0)
  t.equal(json.layers.length, 3)
  t.match(json.outputs, [{ expectedFrom: 'reference' }])
  t.end()
})

t.test('what is refused', (t) => {
  const out = join(t.testdir({ there: { 'notes.txt': '' } }), 'there')
  const refused = (...args: string[]) => {
    const { status, json } = cliJson<ErrorJson>(['extract', digits('model.mnn'), ...args])
    t.equal(status, 2)
    return json.error
  }
  t.match(refused('--layer', '3', '-i', input, '-o', out), {
    code: 'TWINFER_INVALID_OPTION',
    help: /--force/,
  })
  const onnx = ['extract', digits('model.onnx'), '--layer', '3', '-i', input, '-o', join(out, 'new')]
  const { help } = cliJson<ErrorJson>(onnx).json.error
  t.match(help, /the \.onnx as the reference/)
  t.notMatch(help, /--against/, 'which extract does not have')
  t.match(refused('--layer', '3', '-o', join(out, 'new')), { code: 'TWINFER_MISSING_INPUT' })
  t.match(refused('--layer', 'imagee', '-i', input, '-o', join(out, 'new')), { help: /Did you mean 'image'/ })
  t.match(refused('-i', input, '-o', out), { code: 'TWINFER_USAGE' })
  t.end()
})
