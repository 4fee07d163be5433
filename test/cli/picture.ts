import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { digitsPicture, digitsWithSidecar } from '../helpers/digits.js'
import { fixture } from '../helpers/fixtures.js'

// Each command line is two processes.
t.setTimeout(600_000)

t.test('run, record and verify go from a picture', async (t) => {
  const cwd = t.testdir()
  cpSync(fixture('digits8-cnn'), cwd, { recursive: true })
  await digitsPicture(join(cwd, 'two.png'))
  t.match(cliJson<ErrorJson>(['run', 'model.mnn', '--image', 'two.png'], { cwd }).json.error, {
    code: 'TWINFER_SIDECAR_MISSING',
  })
  for (const model of ['model.ncnn.param', 'model.mnn', 'model.onnx']) {
    await digitsWithSidecar(cwd, model)
    const run = cliJson<{ predictions: object; outputs: { top: { value: number }[]; name: string }[] }>(
      ['run', model, '--image', 'two.png', '--top', '2'],
      { cwd },
    )
    t.equal(run.status, 0, run.stderr)
    const [output] = run.json.outputs
    t.match(run.json.predictions, {
      [output!.name]: {
        meaning: 'logits',
        top: [{ index: 2, label: 'two', score: output!.top[0]!.value }, {}],
      },
    })
    t.match(cli(['run', model, '--image', 'two.png'], { cwd }).stdout, /^\d+\.\d % +two +2 /m)
  }
  t.notOk('predictions' in cliJson<object>(['run', 'model.mnn', '-i', 'input.npy'], { cwd }).json)
  const recorded = cliJson<{ images: object[] }>(
    ['record', 'model.onnx', '--image', 'two.png', '-o', 'a.twin'],
    { cwd },
  )
  t.equal(recorded.status, 0, recorded.stderr)
  t.match(recorded.json.images, [{ input: 'image', width: 8, height: 8 }])
  t.match(cliJson<object>(['verify', 'a.twin', 'model.mnn'], { cwd }), {
    status: 0,
    json: { pass: true, picture: { by: 'model' } },
  })
  rmSync(join(cwd, 'model.mnn.twinfer.json'))
  await digitsWithSidecar(cwd, 'model.mnn', {}, { mean: 0.1 })
  const failed = cli(['verify', 'a.twin', 'model.mnn'], { cwd })
  t.equal(failed.status, 1)
  t.match(failed.stdout, /^made of the picture/m)
  t.match(failed.stdout, /mean: \[0\] was recorded, \[0\.1\] is here/)
  const other = cli(['verify', 'a.twin', 'model.mnn', '--sidecar', 'model.onnx.twinfer.json'], { cwd })
  t.equal(other.status, 0, other.stdout)
  const two = cliJson<ErrorJson>(['run', 'model.mnn', '--image', 'two.png', '--image', 'two.png'], { cwd })
  t.match(two.json.error, { code: 'TWINFER_USAGE', help: /NAME=FILE/ })
})
