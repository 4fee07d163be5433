// Values and weights beyond what a low precision holds, on a machine that can only show some of it.
import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { Tensor } from 'twinfer'
import { ModelFile } from 'twinfer/check'
import { Pack } from 'twinfer/compare'
import { Candidate } from '../../../dist/diagnose/model/Candidate.js'
import { diagnosePrecision } from '../../../dist/diagnose/model/diagnosePrecision.js'
import { forecastOverflow } from '../../../dist/diagnose/model/lowPrecision.js'
import { ModelReference } from '../../../dist/diagnose/model/ModelReference.js'
import { digitsWithText } from '../../helpers/changedDigits.js'
import { recordDigits } from '../../helpers/packs.js'

/** A copy of the digits network whose last two layers are scaled against each other: in fp32 nothing changes. */
async function balanced(folder: string, factor: number): Promise<string> {
  const path = digitsWithText(folder, (text) => text)
  const { layers, weights } = await (await ModelFile.from(path)).ncnn()
  const file = path.replace(/\.param$/, '.bin')
  const bytes = readFileSync(file)
  for (const { layer, role, offset, count } of weights!.blocks) {
    const { name } = layers[layer]!
    const by = name === 'convrelu_3' ? factor : name === 'linear_10' && role === 'weight' ? 1 / factor : 1
    for (let i = 0; by !== 1 && i < count; i++)
      bytes.writeFloatLE(bytes.readFloatLE(offset + 4 * i) * by, offset + 4 * i)
  }
  writeFileSync(file, bytes)
  return path
}

t.test('what fp16 flushes or cannot hold, while fp32 is right', async (t) => {
  const pack = await Pack.open(await recordDigits(t.testdir({ model: {} })))
  const reference = await ModelReference.open(pack)
  const golden = [(await reference.recorded())!]
  const folder = pack.file.replace(/golden\.twin$/, 'model')
  for (const [factor, code] of [
    [2 ** 22, 'PRECISION_OVERFLOW'],
    [2 ** -22, 'PRECISION_WEIGHT_UNDERFLOW'],
  ] as const) {
    const candidate = await Candidate.of(await balanced(folder, factor), { precision: 'default' }, reference)
    const { causes, base, fp32 } = await diagnosePrecision(candidate, golden)
    t.ok(fp32.verdict.pass, `fp32 gives ${fp32.sqnrDb} dB`)
    if (base.effective.precision === 'fp32') continue
    t.match(causes, [{ code, evidence: { layer: 'convrelu_3', switch: 'use_fp16_storage' } }])
    t.match(causes[0]!.fix, { ncnn: /use_fp16_storage = false/ })
  }
  const candidate = await Candidate.of(await balanced(folder, 2 ** 22), { precision: 'fp32' }, reference)
  const maxima = await forecastOverflow(candidate, golden[0]!)
  t.match(maxima, [
    { layer: 'convrelu_3', level: 'certain' },
    { layer: 'mean_11', level: 'certain' },
  ])

  const output = (value: number) => ({ out0: new Tensor(new Float32Array(10).fill(value), [10]) })
  for (const broken of [Number.NaN, 65504, Infinity]) {
    const { causes } = await diagnosePrecision(candidate, golden, { deployed: output(broken) })
    t.match(
      causes,
      [{ code: 'PRECISION_OVERFLOW', evidence: { layer: 'convrelu_3', outputs: ['out0'] } }],
      `${broken} on a board`,
    )
    t.ok(causes[0]!.confidence > 0.9)
  }
  t.same(
    (await diagnosePrecision(candidate, golden, { deployed: output(3) })).causes,
    [],
    'a finite output is no sign of it',
  )
  await reference.dispose()
  await pack.close()
})
