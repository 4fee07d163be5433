// compare on many inputs: files, pictures and random values.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import type { ComparedCandidate, SamplesSummary } from '../../dist/cli/compare/Comparison.js'
import { failElsewhere } from '../../dist/cli/compare/surveySamples.js'
import { readSamples } from '../../dist/cli/inputs/samples.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { writeNpz } from '../../dist/tensor/npz/writeNpz.js'
import { randomFeed } from '../../dist/tensor/randomTensor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { patience } from '../helpers/patience.js'

// Each command line is two processes.
t.setTimeout(patience * 600_000)

interface SamplesJson {
  readonly pass: boolean
  readonly reference: { readonly warnings: readonly string[] }
  readonly candidates: readonly {
    readonly outputs: readonly { readonly sqnrDb: number }[]
    readonly layers?: unknown
    readonly verdict: { readonly pass: boolean; readonly reason: string }
  }[]
  readonly samples: SamplesSummary | null
}

const digits = (file: string) => fixture(`digits8-cnn/${file}`)
const models = ['compare', digits('model.mnn'), digits('model.ncnn.param')]

/** A folder of inputs of the digits network. */
async function randomDigits(t: Test, count: number): Promise<string> {
  const folder = t.testdir()
  for (let at = 0; at < count; at++) {
    const { image } = randomFeed([{ name: 'image', shape: [1, 1, 8, 8] }], at)
    await writeNpy(join(folder, `${at}.npy`), image!)
  }
  return folder
}

t.test('random inputs are the same for a seed, and the worst is shown', async (t) => {
  const run = (...more: string[]) => cliJson<SamplesJson>([...models, '--random', '4', ...more]).json
  const first = run('--seed', '3')
  t.match(first.samples, { source: 'random', count: 4, seed: 3, candidates: [{ failed: [] }] })
  t.equal(first.pass, true)
  const [{ worst, medianDb }] = first.samples!.candidates[0]!.outputs as [
    SamplesSummary['candidates'][0]['outputs'][0],
  ]
  t.equal(worst.sample, first.samples!.worst)
  t.equal(worst.sqnrDb, first.candidates[0]!.outputs[0]!.sqnrDb, 'the candidate below is that of the worst')
  t.ok(medianDb! >= worst.sqnrDb!)
  t.match(first.reference.warnings[0], /^the worst of 4 inputs of random values \(seed 3\): random \d$/)
  t.same(run('--seed', '3').samples, first.samples)
  t.not(run('--seed', '9').samples!.candidates[0]!.outputs[0]!.medianDb, medianDb)
})

t.test('without an input, values are random, and that is said', async (t) => {
  const { json, status } = cliJson<SamplesJson>(models)
  t.equal(status, 0)
  t.match(json.reference.warnings[0], /no input is given: these are random values \(seed 1\)/)
  t.match(json.samples, { count: 1, source: 'random' })
  const open = cliJson<ErrorJson>([
    'compare',
    digits('model.ncnn.param'),
    digits('model.mnn'),
    '--random',
    '2',
  ])
  t.match(open.json.error, {
    code: 'TWINFER_MISSING_INPUT',
    message: /'in0': expected a shape/,
    help: /--input-shape in0=SIZES/,
  })
  const closed = ['compare', digits('model.ncnn.param'), digits('model.mnn'), '--input-shape', 'in0=1,1,8,8']
  t.equal(cli(closed).status, 0)
})

t.test('a candidate passes where it does on all inputs', async (t) => {
  const cwd = await randomDigits(t, 3)
  const all = cliJson<SamplesJson>([...models, '--inputs', '*.npy'], { cwd })
  t.match(all.json.samples, { source: 'files', count: 3, seed: null }, all.stderr)
  t.same(cliJson<SamplesJson>([...models, '--inputs', cwd]).json.samples!.count, 3, 'a folder')
  const [odd] = all.json.samples!.candidates[0]!.outputs
  t.ok(odd!.medianDb! > odd!.worst.sqnrDb!)
  const listed = ['--inputs', '0.npy', '1.npy', '2.npy']
  t.same(cliJson<SamplesJson>([...models, ...listed], { cwd }).json.samples, all.json.samples)
  const one = (file: string) =>
    cliJson<SamplesJson>([...models, '-i', file], { cwd }).json.candidates[0]!.outputs[0]!.sqnrDb
  const each = [one('0.npy'), one('1.npy'), one('2.npy')].toSorted((a, b) => a - b)
  const { worst, medianDb } = all.json.samples!.candidates[0]!.outputs[0]!
  t.same([worst.sqnrDb, medianDb], each.slice(0, 2))
  const limit = String((each[0]! + each[1]!) / 2)
  const failing = cliJson<SamplesJson>(
    [...models, '--inputs', '*.npy', '--tolerance', `sqnr=${limit}`, '--layers'],
    { cwd },
  )
  t.equal(failing.status, 1)
  t.same(failing.json.samples!.candidates[0]!.failed, [worst.sample])
  t.equal(failing.json.candidates[0]!.verdict.pass, false)
  t.ok(failing.json.candidates[0]!.layers, 'layers are those of the worst')
  t.match(cli([...models, '--inputs', '*.npy', '--tolerance', `sqnr=${limit}`], { cwd }).stdout, /1 of 3/)
})

t.test('one that passes on the input that is shown, and not on another, fails', async (t) => {
  const passing = { model: 'b', verdict: { pass: true, reason: 'fine' } } as unknown as ComparedCandidate
  const summary = (failed: readonly string[]) =>
    ({
      source: 'files',
      count: 9,
      seed: null,
      worst: 'a.npy',
      candidates: [{ model: 'b', failed, outputs: [] }],
    }) as const
  const { verdict } = failElsewhere(passing, summary(['c.npy']), 0)
  t.match(verdict, { pass: false, reason: 'it passes on a.npy, and fails on 1 of 9 inputs: c.npy' })
  t.equal(failElsewhere(passing, summary([]), 0), passing)
  t.equal(failElsewhere(passing, null, 0), passing)
})

t.test('pictures become inputs by the sidecar', async (t) => {
  const cwd = t.testdir({ photos: {} })
  cpSync(fixture('digits8-cnn'), cwd, { recursive: true })
  for (const seed of [1, 2]) {
    const data = Buffer.from(Array.from({ length: 192 }, (_, at) => (at * 37 * seed) % 251))
    await sharp(data, { raw: { width: 8, height: 8, channels: 3 } }).toFile(join(cwd, `photos/${seed}.png`))
  }
  writeFileSync(join(cwd, 'photos/notes.txt'), 'no picture')
  const compared = ['compare', 'model.mnn', 'model.ncnn.param', '--images', 'photos']
  t.match(cliJson<ErrorJson>(compared, { cwd }).json.error, { code: 'TWINFER_SIDECAR_MISSING' })
  const record =
    '--order GREY --fit stretch --resampler pillow --interpolation bilinear --scale 1/240 --mean 0 --std 1'
  t.equal(
    cli(['meta', 'init', 'model.ncnn.param', '--width', '8', '--height', '8', ...record.split(' ')], { cwd })
      .status,
    0,
  )
  const { json, status } = cliJson<SamplesJson>(compared, { cwd })
  t.equal(status, 0)
  t.match(json.samples, { source: 'images', count: 2 })
  t.match(json.samples!.worst, /^[12]\.png$/)
})

t.test('several inputs are matched by their order, beside what is the same for all', async (t) => {
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'a'))
  for (const [file, value] of Object.entries({ 'a/1': 1, 'a/2': 2, b1: 3, b2: 4, c: 5 }))
    await writeNpy(join(cwd, `${file}.npy`), new Tensor(Float32Array.of(value), [1]))
  const at = (file: string) => join(cwd, file)
  const request = { input: [`z=${at('c.npy')}`], inputs: [`x=${at('a')}`, `y=${at('b?.npy')}`] }
  const { samples } = await readSamples(request, async () => [], [])
  const read = await Promise.all(samples.map((sample) => sample.read()))
  t.same(
    read.map((inputs) => inputs.map(({ name, tensor }) => [name, tensor.data[0]])),
    [
      [
        ['z', 5],
        ['x', 1],
        ['y', 3],
      ],
      [
        ['z', 5],
        ['x', 2],
        ['y', 4],
      ],
    ],
  )
  await t.rejects(
    readSamples({ inputs: [`x=${at('a')}`, `y=${at('c.npy')}`] }, async () => [], []),
    {
      code: 'TWINFER_USAGE',
      message: /expected 2 files for 'y', as for 'x', received 1/,
    },
  )
})

t.test('an array of a .npz is the one that is named, and a bad sample is said by its name', async (t) => {
  const cwd = await randomDigits(t, 2)
  const [first, second] = [await readNpy(join(cwd, '0.npy')), await readNpy(join(cwd, '1.npy'))]
  await writeNpz(join(cwd, 'both.npz'), { image: first, other: second })
  const worstOf = (...inputs: readonly string[]) =>
    cliJson<SamplesJson>([...models, '--inputs', ...inputs], { cwd }).json.samples!.candidates[0]!.outputs[0]!
  const [one, other] = [worstOf('0.npy').worst.sqnrDb!, worstOf('1.npy').worst.sqnrDb!]
  t.not(one, other)
  t.equal(worstOf('image=both.npz:other').worst.sqnrDb, other)
  t.equal(worstOf('both.npz:image').worst.sqnrDb, one)
  t.ok(Math.abs(worstOf('0.npy', '1.npy').medianDb! - (one + other) / 2) < 1e-9)
  await writeNpy(join(cwd, 'large.npy'), Tensor.zeros([7]))
  const { error } = cliJson<ErrorJson>([...models, '--inputs', '0.npy', 'large.npy'], { cwd }).json
  t.match(error, { code: 'TWINFER_SHAPE_MISMATCH', message: /^large\.npy: / })
})

t.test('wrong usage is told', async (t) => {
  const codeOf = (...args: string[]) => cliJson<ErrorJson>(args).json.error.code
  t.equal(codeOf(...models, '--inputs', 'nothing-*.npy'), 'TWINFER_FILE_NOT_FOUND')
  t.equal(codeOf(...models, '--random', '2', '--inputs', digits('input.npy')), 'TWINFER_USAGE')
  t.equal(codeOf(...models, '--inputs', digits('input.npy'), '--seed', '2'), 'TWINFER_USAGE')
  t.equal(codeOf('compare', digits('expected.npy'), digits('model.mnn'), '--random', '2'), 'TWINFER_USAGE')
})
