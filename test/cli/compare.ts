import { join } from 'node:path'
import t from 'tap'
import { renameInputs } from '../../dist/cli/inputs/renameInputs.js'
import type { JudgedPrecision } from '../../dist/compare/judge/passRules.js'
import { compareOutputs, summariseVerdicts } from '../../dist/compare/outputs/compareOutputs.js'
import { pairOutputs } from '../../dist/compare/outputs/pairOutputs.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

// Each command line is two processes.
t.setTimeout(patience * 120_000)

interface CompareJson {
  readonly pass: boolean
  readonly reference: {
    readonly model: string
    readonly engine: string
    readonly effective: { precision: string } | null
  }
  readonly candidates: readonly {
    readonly model: string
    readonly effective: { readonly precision: string }
    readonly outputs: readonly {
      readonly name: string
      readonly candidateName?: string
      readonly sqnrDb: number
      readonly cosine: number
      readonly maxAbs: number
      readonly maxRel: number
      readonly rmse: number
      readonly meanError: number
      readonly nan: number
      readonly inf: number
      readonly worst: { readonly index: number; readonly coordinate: readonly number[] } | null
      readonly top1Agree: boolean
      readonly argmaxFlips: number
      readonly explainedFlips: number
    }[]
    readonly verdict: { readonly pass: boolean; readonly reason: string }
  }[]
}

const digits = (file: string) => fixture(`digits8-cnn/${file}`)
const input = digits('input.npy')

t.test('ncnn and MNN agree in fp32, though they name inputs and outputs differently', async (t) => {
  const args = [
    'compare',
    digits('model.ncnn.param'),
    digits('model.mnn'),
    '-i',
    `in0=${input}`,
    '--precision',
    'fp32',
  ]
  const { status, json } = cliJson<CompareJson>(args)
  t.equal(status, 0)
  t.equal(json.pass, true)
  t.equal(json.reference.effective?.precision, 'fp32')
  const [candidate] = json.candidates
  t.match(candidate, { model: digits('model.mnn'), verdict: { pass: true, reason: /SQNR/ } })
  const [output] = candidate!.outputs
  t.match(output, { name: 'out0', candidateName: 'logits', nan: 0, inf: 0, top1Agree: true, argmaxFlips: 0 })
  t.ok(output!.sqnrDb > 80, `${output!.sqnrDb} dB`)
  t.ok(output!.cosine > 0.999999)
})

t.test('several candidates against a recorded output', async (t) => {
  const args = [
    'compare',
    digits('expected.npy'),
    digits('model.ncnn.param'),
    digits('model.mnn'),
    '-i',
    input,
  ]
  const { status, json } = cliJson<CompareJson>([...args, '--precision', 'fp32'])
  t.equal(status, 0)
  t.match(json.reference, { engine: 'npy', effective: null })
  t.same(
    json.candidates.map(({ verdict }) => verdict.pass),
    [true, true],
  )
})

t.test('a candidate that is off fails with exit code 1 and names the worst element', async (t) => {
  const wrong = join(t.testdir(), 'wrong.npy')
  const { data, shape } = await readNpy(digits('expected.npy'))
  const changed = Float32Array.from(data as Float32Array)
  changed[7] = 50
  await writeNpy(wrong, new Tensor(changed, shape))
  const args = ['compare', wrong, digits('model.mnn'), digits('model.ncnn.param'), '-i', input]
  const { status, json, stderr } = cliJson<CompareJson>(args)
  t.equal(status, 1)
  t.equal(stderr, '')
  t.equal(json.pass, false)
  t.match(json.candidates[0]?.outputs[0]?.worst, { index: 7, coordinate: [0, 7], reference: 50 })
  const { stdout } = cli(args)
  t.match(stdout, /^fail: /m)
})

t.test('a recorded output of another shape fails', async (t) => {
  const other = join(t.testdir(), 'other.npy')
  await writeNpy(other, Tensor.zeros([1, 11]))
  const { status, json } = cliJson<CompareJson>(['compare', other, digits('model.mnn'), '-i', input])
  t.equal(status, 1)
  t.match(json.candidates[0]?.verdict.reason, /shape/)
})

t.test('a candidate that does not load is an error, not a failed check', async (t) => {
  const args = ['compare', digits('model.mnn'), digits('nosuch.mnn'), '-i', input]
  const { status, json } = cliJson<ErrorJson>(args)
  t.equal(status, 2)
  t.equal(json.error.code, 'TWINFER_FILE_NOT_FOUND')
})

t.test('the reference wants its own input names', async (t) => {
  const args = ['compare', digits('model.mnn'), digits('model.ncnn.param'), '-i', `in0=${input}`]
  t.equal(cliJson<ErrorJson>(args).json.error.code, 'TWINFER_UNKNOWN_INPUT')
})

const tensor = (...values: number[]) => new Tensor(Float32Array.from(values), [values.length])
const compare = (
  reference: Record<string, Tensor>,
  candidate: Record<string, Tensor>,
  precision: JudgedPrecision | null = 'fp32',
) =>
  compareOutputs(reference, candidate, pairOutputs(Object.keys(reference), Object.keys(candidate)), () => ({
    judgedAs: precision && { precision },
    ran: precision ?? 'mixed',
    context: {},
  }))

t.test('outputs are paired by name, then by order; one without a counterpart fails', async (t) => {
  const reference = { a: tensor(1, 2), b: tensor(3, 4) }
  const swapped = compare(reference, { b: tensor(3, 4), a: tensor(1, 2) })
  t.same(
    swapped.map(({ name, verdict }) => [name, verdict.pass]),
    [
      ['a', true],
      ['b', true],
    ],
  )
  const renamed = compare(reference, { x: tensor(1, 2), y: tensor(3, 4) })
  t.same(
    renamed.map(({ candidateName, verdict }) => [candidateName, verdict.pass]),
    [
      ['x', true],
      ['y', true],
    ],
  )
  const missing = compare(reference, { a: tensor(1, 2) })
  t.match(missing, [
    { name: 'a', verdict: { pass: true } },
    { name: 'b', verdict: { pass: false, reason: /no counterpart/ } },
  ])
  t.match(summariseVerdicts(missing), { pass: false, reason: /^b: / })
})

t.test('a precision without a rule is inconclusive, never a pass', async (t) => {
  const outputs = compare({ a: tensor(1, 2) }, { a: tensor(1, 2) }, null)
  t.match(summariseVerdicts(outputs), { pass: false, inconclusive: true, reason: /mixed/ })
})

t.test('no outputs at all are a failure', async (t) => {
  t.match(summariseVerdicts(compare({}, {})), {
    pass: false,
    reason: /nothing was compared/,
  })
})

t.test('the worst output decides for the candidate', async (t) => {
  const reference = { good: tensor(1, 2, 3), bad: tensor(1, 2, 3) }
  const outputs = compare(reference, { good: tensor(1, 2, 3), bad: tensor(1, 2, 4) })
  t.match(summariseVerdicts(outputs), { pass: false, reason: /^bad: / })
})

t.test('inputs named for the reference keep their name where the candidate has it', async (t) => {
  const info = (name: string) => ({ name, shape: [1], dtype: 'float32' as const })
  const given = ['a', 'b'].map((name) => ({ name, file: `${name}.npy`, tensor: tensor(1) }))
  const { assigned, notes } = renameInputs([info('b'), info('x')], given)
  t.same(
    assigned.map(({ info, file }) => [info.name, file]),
    [
      ['b', 'b.npy'],
      ['x', 'a.npy'],
    ],
  )
  t.same(notes, ["input 'x' gets 'a' (by shape)"])
})
