// What is wrong in a model or in its run, from the files to the layers, and the remedies that are proved.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Pack } from 'twinfer/compare'
import type { CauseCode } from '../../../dist/diagnose/Cause.js'
import { Candidate } from '../../../dist/diagnose/model/Candidate.js'
import { diagnoseModel, type ModelFindings } from '../../../dist/diagnose/model/diagnoseModel.js'
import { ModelReference } from '../../../dist/diagnose/model/ModelReference.js'
import { type ProvedRemedy, proveRemedy, remediesFor } from '../../../dist/diagnose/model/proveRemedy.js'
import type { RunnableOptions } from '../../../dist/pack/openRunnable.js'
import { type ChangeWeights, digitsWithText, digitsWithWeights } from '../../helpers/changedDigits.js'
import { missingRuntime } from '../../helpers/onnxRuntimes.js'
import { changeManifest, digits, digitsInput, recordDigits } from '../../helpers/packs.js'

t.setTimeout(300_000)

const onnx = digits('model.onnx')
const skip = missingRuntime('node')
const innocent = ['PRECISION_EXPECTED']

async function diagnose(model: string, run: RunnableOptions = { precision: 'fp32' }): Promise<ModelFindings> {
  return diagnoseModel(model, onnx, { run, inputs: [{ image: await digitsInput() }] })
}

/** Channels in another order: each is a quarter of the weights further on. */
const turned: ChangeWeights = (values) => values.map((_, i) => values.at(i - values.length / 4)!)

t.test('with the .onnx as the reference', { skip }, async (t) => {
  t.test('clean models are accused of nothing, in any precision and number of threads', async (t) => {
    for (const file of [
      'model.ncnn.param',
      'model_fp16.ncnn.param',
      'model_int8.ncnn.param',
      'model.mnn',
      'model_fp16.mnn',
      'model_w8.mnn',
    ])
      for (const run of [
        {},
        { precision: 'fp32', threads: 1 },
        { precision: 'bf16' },
        { precision: 'fp16', threads: 3 },
      ] as const) {
        const { causes, precision } = await diagnose(digits(file), run)
        t.same(
          causes.filter(({ code }) => !innocent.includes(code)),
          [],
          `${file} ${JSON.stringify(run)}`,
        )
        const isLow = (precision!.base.sqnrDb ?? 0) < 79
        t.equal(causes.length, isLow ? 1 : 0, `${file} ${JSON.stringify(run)}: a loss is explained`)
      }
  })

  t.test('a low precision: the switch that costs it, before and after', async (t) => {
    const { causes } = await diagnose(digits('model.ncnn.param'), { precision: 'bf16' })
    const [cause] = causes
    t.match(cause, {
      code: 'PRECISION_EXPECTED',
      evidence: { precision: 'bf16', switch: 'use_bf16_storage', switchTo: false },
    })
    const { sqnrDb, fp32SqnrDb } = cause!.evidence as { readonly sqnrDb: number; readonly fp32SqnrDb: number }
    t.ok(sqnrDb < 60 && fp32SqnrDb > 100, `${sqnrDb} dB, ${fp32SqnrDb} dB in fp32`)
    t.match(cause!.fix, {
      twinfer: /ncnn\.use_bf16_storage=false/,
      ncnn: /net\.opt\.use_bf16_storage = false/,
    })
    const stored = (await diagnose(digits('model_w8.mnn'))).causes[0]
    t.match(stored, {
      code: 'PRECISION_EXPECTED',
      evidence: { precision: 'int8', because: /stores its weights as int8/ },
    })
  })

  t.test('one parameter of one layer', async (t) => {
    const cases: readonly (readonly [string, (text: string) => string, string, object])[] = [
      [
        'the kind of a pooling',
        (text) => text.replace('4 5 0=0', '4 5 0=1'),
        'maxpool2d_0',
        { type: 'Pooling' },
      ],
      [
        'a padding',
        (text) =>
          text.replace(
            '1 2 0=24 1=3 11=3 12=1 13=1 14=1 2=1 3=1 4=1',
            '1 2 0=24 1=3 11=3 12=1 13=1 14=1 2=1 3=1 18=2.0 4=1',
          ),
        'convrelu_1',
        { pattern: 'border', source: 'b.1.0.weight' },
      ],
      [
        'an activation',
        (text) => text.replace('6=216 7=24 9=1', '6=216 7=24 9=2 -23310=1,0.3'),
        'convdwrelu_0',
        {},
      ],
      [
        'an activation that is left out',
        (text) => text.replace('6=1152 9=1', '6=1152 9=0'),
        'convrelu_2',
        { omitted: 'Relu' },
      ],
      [
        'a stride',
        (text) =>
          text
            .replace('6=216 7=24 9=1', '6=216 7=24 9=1')
            .replace('3=1 4=1 5=1 6=216', '3=2 13=2 4=1 5=1 6=216'),
        'convdwrelu_0',
        { singleDb: null },
      ],
      [
        'a dilation',
        (text) => text.replace('14=1 2=1 3=1 4=1 5=1 6=20736', '14=2 2=2 12=2 3=1 4=2 5=1 6=20736'),
        'convrelu_3',
        { source: 'b.5.0.weight' },
      ],
      [
        'a mean that is a maximum',
        (text) => text.replace('6 7 0=3', '6 7 0=4'),
        'mean_11',
        { type: 'Reduction' },
      ],
    ]
    for (const [what, change, layer, evidence] of cases) {
      const { causes } = await diagnose(digitsWithText(t.testdir(), change))
      t.match(causes, [{ code: 'OP_SEMANTICS', evidence: { layer, ...evidence } }], what)
      t.match(
        causes[0]!.fix!.twinfer,
        RegExp(`\`twinfer extract \\S+param --layer ${layer} --reference \\S+onnx -i `),
      )
    }
  })

  t.test('weights that are scaled, which only the outputs prove', async (t) => {
    for (const engine of ['ncnn', 'mnn'] as const) {
      const { path, layer } = await digitsWithWeights(t.testdir(), engine, 3, (values) =>
        values.map((value) => 3 * value),
      )
      const { causes } = await diagnose(path)
      t.match(causes, [{ code: 'WEIGHTS_SCALED', evidence: { layer } }], engine)
      t.ok(causes[0]!.confidence > 0.9, 'the layers confirm it')
    }
  })

  t.test(
    'weights in another order, which may be a layout that is not known until the layer proves it',
    async (t) => {
      for (const engine of ['ncnn', 'mnn'] as const) {
        const { path, layer } = await digitsWithWeights(t.testdir(), engine, 1, turned)
        const { causes } = await diagnose(path)
        t.match(
          causes,
          [{ code: 'WEIGHTS_OTHER_MODEL', evidence: { layer, reordered: true, source: 'b.1.0.weight' } }],
          engine,
        )
        t.ok(causes[0]!.confidence > 0.9, 'the layers confirm it')
      }
    },
  )

  t.test('a loss that fp32 has as well is not what a precision costs', async (t) => {
    const mild = digitsWithText(t.testdir(), (text) =>
      text.replace(
        '1 2 0=24 1=3 11=3 12=1 13=1 14=1 2=1 3=1 4=1',
        '1 2 0=24 1=3 11=3 12=1 13=1 14=1 2=1 3=1 18=0.001 4=1',
      ),
    )
    const { causes, precision } = await diagnose(mild, { precision: 'fp16-storage' })
    t.ok(precision!.base.verdict.pass, `${precision!.base.sqnrDb} dB`)
    t.match(causes, [{ code: 'OP_SEMANTICS', evidence: { layer: 'convrelu_1', pattern: 'border' } }])
  })

  t.test('two faults at once are both named', async (t) => {
    const { path, layer } = await digitsWithWeights(t.testdir(), 'ncnn', 1, (values) => values.map(() => 0))
    writeFileSync(path, readFileSync(path, 'utf8').replace('4 5 0=0', '4 5 0=1'))
    const { causes } = await diagnose(path)
    t.match(causes, [
      { code: 'WEIGHTS_DEAD_LAYER', evidence: { layer } },
      { code: 'OP_SEMANTICS', evidence: { layer: 'maxpool2d_0' } },
    ])
  })

  t.test('a model that does not run is a cause and no exception', async (t) => {
    const cases: readonly (readonly [string, (text: string) => string, CauseCode])[] = [
      ['a layer that nobody knows', (text) => text.replace('Pooling ', 'aten::roll '), 'UNKNOWN_LAYER'],
      ['a Reduction of nothing', (text) => text.replace('-23303=2,1,2', '-23303=0'), 'OP_SEMANTICS'],
      ['channels that do not fit', (text) => text.replace('0=24 1=3', '0=12 1=3'), 'OP_SEMANTICS'],
    ]
    for (const [what, change, code] of cases) {
      const { causes } = await diagnose(digitsWithText(t.testdir(), change))
      t.match(causes[0], { code }, what)
    }
    await t.rejects(
      diagnose(digits('model.ncnn.param'), { device: 'vulkan:99' }),
      /TWINFER_|expected/,
      'a device is the caller’s',
    )
  })

  t.test('remedies are measured before and after', async (t) => {
    const prove = async (model: string, run: RunnableOptions): Promise<readonly ProvedRemedy[]> => {
      const findings = await diagnose(model, run)
      const reference = await ModelReference.open(onnx)
      const golden = [await reference.run({ image: await digitsInput() })]
      const candidate = await Candidate.of(model, run, reference)
      const folder = join(model, '../fixed')
      if (!model.startsWith(digits(''))) mkdirSync(folder)
      const proved: ProvedRemedy[] = []
      for (const remedy of await remediesFor(candidate, findings, folder)) {
        const one = await proveRemedy(candidate, golden, remedy)
        if (one) proved.push(one)
      }
      await reference.dispose()
      return proved
    }

    t.test('a switch, then fp32', async (t) => {
      const proved = await prove(digits('model.ncnn.param'), { precision: 'bf16' })
      t.match(proved, [
        { remedy: { options: { engineOptions: { use_bf16_storage: false } } }, written: [] },
        { remedy: { options: { precision: 'fp32' } }, written: [] },
      ])
      for (const { before, after, mended } of proved) {
        t.ok(after.sqnrDb! > before.sqnrDb! + 40, `${before.sqnrDb} dB, then ${after.sqnrDb} dB`)
        t.ok(before.ms! > 0 && after.ms! > 0)
        t.notOk(mended, 'it passed before, as bf16')
      }
    })

    t.test('a copy without the factor', async (t) => {
      for (const engine of ['ncnn', 'mnn'] as const) {
        const { path, layer } = await digitsWithWeights(t.testdir(), engine, 3, (values) =>
          values.map((value) => 3 * value),
        )
        const [proved] = await prove(path, { precision: 'fp32' })
        t.match(proved, { before: { pass: false }, after: { pass: true }, mended: true }, engine)
        t.ok(proved!.after.sqnrDb! > 100, `${proved!.after.sqnrDb} dB`)
        t.ok(proved!.said.includes(`'${layer}' by 3`), proved!.said)
        t.equal(proved!.written.length, engine === 'ncnn' ? 2 : 1)
      }
    })

    t.test('a copy whose text is mended', async (t) => {
      const model = digitsWithText(t.testdir(), (text) => `\ufeff${text.replace('9 9', '13 14')}`)
      const [proved] = await prove(model, { precision: 'fp32' })
      t.match(proved, {
        before: { sqnrDb: null, pass: false, ms: null },
        after: { pass: true },
        mended: true,
      })
      t.match(proved!.said, /byte order mark.*'13 14' to '9 9'/)
    })

    t.test('a copy with the weights of the original', async (t) => {
      const damages: Readonly<Record<string, ChangeWeights>> = {
        'the fifth report': (values) => Float32Array.of(Number.NaN, ...values.slice(0, -1)),
        'channels in another order': turned,
        'one is not finite': (values) => values.with(7, Number.POSITIVE_INFINITY),
        'all zero': (values) => values.map(() => 0),
        'some channels zero': (values) => values.map((value, i) => (i < values.length / 4 ? 0 : value)),
        'not its own': (values) => values.toReversed(),
      }
      for (const engine of ['ncnn', 'mnn'] as const) {
        for (const [what, damage] of Object.entries(damages)) {
          const { path, layer } = await digitsWithWeights(t.testdir(), engine, 1, damage)
          const [proved] = await prove(path, { precision: 'fp32' })
          t.match(
            proved,
            { before: { pass: false }, after: { pass: true }, mended: true },
            `${engine}: ${what}`,
          )
          t.ok(proved!.after.sqnrDb! > 100, `${proved!.after.sqnrDb} dB`)
          t.match(proved!.said, new RegExp(`wrote the weights of '.*' over those of '${layer}'`))
        }
      }
    })

    t.test('none where only a new conversion helps', async (t) => {
      const folder = t.testdir()
      const model = digitsWithText(folder, (text) => text)
      truncateSync(join(folder, 'model.ncnn.bin'), 5000)
      t.same(await prove(model, { precision: 'fp32' }), [])
    })
  })
})

t.test('with a golden pack as the reference, its inputs and its layers', async (t) => {
  const file = await recordDigits(t.testdir())
  const judge = async (model: string): Promise<ModelFindings> => {
    const pack = await Pack.open(file)
    try {
      return await diagnoseModel(model, pack, { run: { precision: 'fp32' } })
    } finally {
      await pack.close()
    }
  }
  t.same((await judge(digits('model.ncnn.param'))).causes, [])
  t.same((await judge(digits('model.mnn'))).causes, [], 'on the other engine')
  await changeManifest(file, ({ recorded }) => {
    recorded.versions.engine = '1.0.20240101'
  })
  t.match((await judge(digits('model.ncnn.param'))).causes, [{ code: 'VERSION_SKEW' }])
})

t.test('a pack names a layer without its model', async (t) => {
  const file = await recordDigits(t.testdir({ wrong: {} }))
  const pack = await Pack.open(file)
  const wrong = digitsWithText(join(file, '../wrong'), (text) => text.replace('4 5 0=0', '4 5 0=1'))
  const { causes } = await diagnoseModel(wrong, pack, { run: { precision: 'fp32' } })
  await pack.close()
  t.match(causes, [{ code: 'OP_SEMANTICS', evidence: { layer: 'maxpool2d_0' } }])
})
