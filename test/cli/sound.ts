import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy } from 'twinfer'
import type { Sidecar } from '../../dist/preprocess/sidecar/Sidecar.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { speechOptions, speechRecord, wavOf } from '../helpers/speech.js'

// Each command line is two processes.
t.setTimeout(600_000)

function workplace(t: Test): string {
  const folder = t.testdir()
  cpSync(fixture('tiny-ecapa-tdnn'), folder, { recursive: true })
  return folder
}

const init = ['meta', 'init', 'model.mnn', ...speechOptions, '--meaning', 'embedding']

t.test('from the record to the embedding', async (t) => {
  const cwd = workplace(t)
  const made = cliJson<{ readonly record: Sidecar }>(init, { cwd })
  t.equal(made.status, 0, made.stderr)
  t.match(made.json.record, {
    inputs: { feats: { audio: speechRecord } },
    outputs: { embedding: { meaning: 'embedding' } },
    source: { kind: 'options', given: Object.keys(speechRecord) },
  })
  const shown = cli(['meta', 'show', 'model.mnn'], { cwd }).stdout
  t.match(shown, /what is done to the sound \(preset librosa\)/)
  t.match(shown, /frames +of 400 samples, every 160, edges snip, 120 of them from 20 on/)
  t.match(shown, /log +natural of x \+ 0\.000001/)
  t.equal(cli(['meta', 'verify', 'model.mnn'], { cwd }).status, 0)
  const other = cliJson<{ readonly record: Sidecar }>(
    ['meta', 'init', 'model.ncnn.param', '--from', 'model.mnn.twinfer.json', '--meaning', 'embedding'],
    { cwd },
  )
  t.match(other.json.record, { inputs: { in0: { audio: speechRecord } }, source: { kind: 'twinfer' } })

  const run = cliJson<{ readonly predictions: object }>(
    ['run', 'model.mnn', '--image', 'speech.wav', '--precision', 'fp32', '-o', 'out'],
    { cwd },
  )
  t.match(run.json.predictions, { embedding: { meaning: 'embedding', dimensions: 96 } })
  const [expected, found] = [
    await readNpy(join(cwd, 'expected.npy')),
    await readNpy(join(cwd, 'out', 'embedding.npy')),
  ]
  t.ok(found.data.every((value, i) => Math.abs(Number(value) - Number(expected.data[i])) < 1e-4))
})

t.test('every stage is shown', async (t) => {
  const cwd = workplace(t)
  t.equal(cli(init, { cwd }).status, 0)
  const given = ['preprocess', 'speech.wav', '--sidecar', 'model.mnn.twinfer.json']
  const { status, json } = cliJson<{
    readonly audio: string
    readonly input: object
    readonly stages: readonly { readonly name: string; readonly frames: number }[]
    readonly written: readonly string[]
  }>([...given, '-o', 'in.npy', '--dump-stages', 'st'], { cwd })
  t.equal(status, 0)
  t.equal(json.audio, 'speech.wav')
  t.match(json.input, { name: 'feats', shape: [1, 60, 120], dtype: 'float32' })
  t.same(
    json.stages.map(({ name }) => name),
    ['waveform', 'spectrogram', 'mel', 'log', 'features'],
  )
  t.equal(json.written.length, 7)
  t.equal(readdirSync(join(cwd, 'st')).length, 6)
  const [golden, made] = [await readNpy(join(cwd, 'input.npy')), await readNpy(join(cwd, 'in.npy'))]
  t.ok(made.data.every((value, i) => Math.abs(Number(value) - Number(golden.data[i])) < 1e-4))
  const { stdout, stderr } = cli(given, { cwd })
  t.equal(stderr, '')
  t.match(stdout, /^speech\.wav as feats: float32 NCHW \[1, 60, 120\]/)
  t.match(stdout, /^spectrogram +120 x 257/m)
})

t.test('what is missing or wrong is said', async (t) => {
  const cwd = workplace(t)
  const fails = (args: readonly string[], code: string, message: RegExp) => {
    const { status, json } = cliJson<ErrorJson>(args, { cwd })
    t.equal(status, 2)
    t.match(json.error, { code, message })
  }
  const meta = ['meta', 'init', 'model.mnn']
  fails([...meta, '--preset', 'kaldi'], 'TWINFER_SIDECAR_INCOMPLETE', /leaves open: sampleRate/)
  fails([...meta, '--preset', 'kaldi', '--sample-rate', '16000'], 'TWINFER_SHAPE_MISMATCH', /mels/)
  fails([...init, '--field', 'nMels'], 'TWINFER_USAGE', /--field NAME=VALUE, received nMels/)
  fails([...init, '--field', 'mels=3'], 'TWINFER_INVALID_OPTION', /no field 'mels'/)
  fails([...init, '--order', 'RGB'], 'TWINFER_INVALID_OPTION', /no order in a record of sound/)
  fails(['meta', 'show', 'model.mnn', '--field', 'nMels=3'], 'TWINFER_USAGE', /without --field/)
  t.equal(cli(init, { cwd }).status, 0)
  writeFileSync(join(cwd, 'slow.wav'), wavOf([1, 2, 3, 4], 8000))
  writeFileSync(join(cwd, 'short.wav'), wavOf(new Array(500).fill(7), 16000))
  const preprocess = (file: string) => ['preprocess', file, '--sidecar', 'model.mnn.twinfer.json']
  fails(preprocess('slow.wav'), 'TWINFER_SAMPLE_RATE_MISMATCH', /16000 .* received 8000/)
  fails(preprocess('short.wav'), 'TWINFER_LENGTH_MISMATCH', /enough for 140 frames/)
  fails(preprocess('input.npy'), 'TWINFER_AUDIO_INVALID', /input\.npy/)
})
