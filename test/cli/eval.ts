import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Tensor, writeNpy } from 'twinfer'
import type { Confusion, Evaluation, MetricResult } from 'twinfer/eval'
import { printEvaluation } from '../../dist/cli/eval/printEvaluation.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { digits, digitsInput } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

t.setTimeout(patience * 120_000)

const count = 12

async function arrays(t: Test): Promise<{ folder: string; options: readonly string[] }> {
  const folder = t.testdir({
    'slow.mjs': `export default {
  name: 'slow',
  measure: async ({ logits, out0 }) => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    return (logits ?? out0).data[0]
  },
}`,
  })
  const { data } = await digitsInput()
  const values = Float32Array.from({ length: 64 * count }, (_, i) => (Number(data[i % 64]) * (i % 7)) / 6)
  await writeNpy(join(folder, 'inputs.npy'), new Tensor(values, [count, 8, 8]))
  await writeNpy(join(folder, 'labels.npy'), new Tensor(new Uint8Array(count).fill(2), [count]))
  const set = ['--data', join(folder, 'inputs.npy'), '--labels', join(folder, 'labels.npy')]
  const reference = ['--reference', digits('model.onnx'), '--precision', 'fp32', '--threads', '1']
  return { folder, options: [digits('model.mnn'), digits('model.ncnn.param'), ...set, ...reference] }
}

t.test('eval: a table, classes, what differs, and a CSV of all of it', async (t) => {
  const { folder, options } = await arrays(t)
  const csv = join(folder, 'out.csv')
  const { status, stdout, stderr } = cli(['eval', ...options, '--metric', 'top1,cosine', '--csv', csv])
  t.equal(status, 0, stderr)
  t.match(stdout, /12 samples/)
  t.match(stdout, /^model\.mnn fp32 +top1 +\S+ +\S+ +\S+ +12$/m)
  t.match(stdout, /^ +2 +- +12 /m, 'the class')
  t.match(
    stdout,
    /model\.ncnn\.param fp32, top1: \+0 over the reference: no difference that these samples show/,
  )
  const rows = readFileSync(csv, 'utf8').trimEnd().split('\n')
  t.match(rows[0], /^model,engine,precision,metric,class,label,count,value,low,high,difference/)
  t.equal(rows.length, 1 + 3 * 2 + 2, 'top1 of three with its class, cosine of two')
})

t.test('eval: what it measured is said in words', async (t) => {
  const { options } = await arrays(t)
  const { json } = cliJson<Evaluation>(['eval', ...options, '--metric', 'top1,cosine', '--limit', '1'])
  const [model] = json.models
  const [top1] = model!.differences
  const saying = (details: NonNullable<MetricResult['details']>, confusion: readonly Confusion[] = []) =>
    printEvaluation({
      ...json,
      models: [
        {
          ...model!,
          results: [{ ...model!.results[1]!, details }],
          differences: [{ ...top1!, flips: 10, onlyReference: 9, onlyCandidate: 1, confusion }],
        },
      ],
    })
  t.match(printEvaluation(json), /: 1 sample, drawn of 12 with seed 1$/m)
  t.match(printEvaluation(json), / least 1\.0000 \(sample \d+\)$/m)
  t.match(saying({ least: 1, leastSample: 'a', undefined: 2 }), /not counted: 2 samples without a cosine/)
  t.match(saying({ pixelAccuracy: 0.5 }), /0\.5000 of the pixels right/)
  t.match(
    saying({ threshold: 0.5, same: 1, other: 3 }),
    /at a threshold of 0\.5000, 1 pair of the same, 3 of others/,
  )
  const flipped = { label: 5, reference: 1, candidate: 9, count: 9, samples: ['a', 'b', 'c'] }
  const alone = { label: 5, reference: 1, candidate: -1, count: 1, samples: ['d'] }
  const said = saying({}, [flipped, alone])
  t.match(said, /only it is right on 1 sample, only the reference on 9; McNemar p = /)
  t.match(said, /^10 answers differ from the reference's$/m)
  t.match(said, /^ {2}9 samples of class 5: class 1 by the reference, class 9 by this model \(a, b, c, …\)$/m)
  t.match(said, /^ {2}1 sample of class 5: class 1 by the reference, no class by this model \(d\)$/m)
})

t.test('eval: killed and started again, it gives the same', async (t) => {
  const { folder, options } = await arrays(t)
  const all = ['eval', ...options, '--metric', 'top1', '--metric', join(folder, 'slow.mjs')]
  const state = join(folder, 'state.jsonl')
  const whole = cliJson<Evaluation>(all)
  t.equal(whole.status, 0, whole.stderr)
  const child = spawn(process.execPath, [projectPath('bin/twinfer.js'), ...all, '--resume', state], {
    stdio: 'ignore',
    detached: true,
  })
  const lines = () => (existsSync(state) ? readFileSync(state, 'utf8').split('\n').length - 1 : 0)
  while (lines() < 4) await setTimeout(20)
  process.kill(-child.pid!, 'SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
  const before = lines()
  t.ok(before < 1 + count, `it was killed on the way: ${before}`)
  t.same(cliJson<Evaluation>([...all, '--resume', state]).json, whole.json)
  t.equal(lines(), 1 + count, 'each sample once')
})

t.test('eval: wrong use', async (t) => {
  const { folder, options } = await arrays(t)
  const error = (...more: string[]) => {
    const { status, json } = cliJson<ErrorJson>(['eval', ...options, ...more])
    t.equal(status, 2)
    return json.error
  }
  t.match(error('--metric', 'top1,mious'), { code: 'TWINFER_INVALID_OPTION', help: /miou/ })
  t.match(error('--metric', 'miou'), { code: 'TWINFER_DATA_INVALID', message: /^sample 0: / })
  t.match(error('--ignore-label', 'x'), { code: 'TWINFER_USAGE' })
  writeFileSync(join(folder, 'state'), 'a diary\n')
  t.match(error('--resume', join(folder, 'state')), { code: 'TWINFER_DATA_INVALID' })
  t.match(error('--resume', join(folder, 'no/state')), { code: 'TWINFER_FILE_NOT_FOUND' })
})
