import t from 'tap'
import type { Cause, CauseCode } from '../../src/diagnose/Cause.js'
import { conclude } from '../../src/diagnose/conclude.js'
import type { Findings } from '../../src/diagnose/Findings.js'

const cause = (code: CauseCode, confidence = 0.9): Cause => ({
  code,
  confidence,
  message: code,
  evidence: {},
  fix: null,
})

function found(causes: readonly Cause[], rest: Partial<Findings> = {}): Findings {
  return { causes, rejected: [], missing: [], ...rest }
}

const agreed = { what: 'the outputs agree', evidence: { sqnrDb: 120 } }
const codesOf = ({ causes }: { readonly causes: readonly Cause[] }) => causes.map(({ code }) => code)

t.test('what is wrong comes before what is expected, the surest first', async (t) => {
  const rungs = [
    found([cause('PRECISION_EXPECTED', 0.95)]),
    found([cause('PREPROC_CROP', 0.7), cause('WEIGHTS_SCALED', 0.9)]),
  ]
  t.same(codesOf(conclude(rungs, [agreed], [])), ['WEIGHTS_SCALED', 'PREPROC_CROP', 'PRECISION_EXPECTED'])
})

t.test('a code that two rungs name is kept once, with the best evidence', async (t) => {
  const rungs = [found([cause('OP_SEMANTICS', 0.5)]), found([cause('OP_SEMANTICS', 0.8)])]
  t.match(conclude(rungs, [], []).causes, [{ code: 'OP_SEMANTICS', confidence: 0.8 }])
})

t.test('NONE needs something that was looked at, and says what', async (t) => {
  const { causes } = conclude([found([])], [agreed], [])
  t.same(codesOf({ causes }), ['NONE'])
  t.match(causes[0]!.message, /the outputs agree/)
  t.same(causes[0]!.evidence, { sqnrDb: 120 })
  t.same(codesOf(conclude([], [], [])), ['INCONCLUSIVE'])
})

t.test('a difference that nobody can name is inconclusive, whatever else agrees', async (t) => {
  const rungs = [found([], { missing: ['Give the picture.'] })]
  const { causes, missing } = conclude(rungs, [agreed], ['The deployed input differs.'])
  t.same(codesOf({ causes }), ['INCONCLUSIVE'])
  t.equal(causes[0]!.message, 'The deployed input differs. Give the picture.')
  t.same(missing, ['Give the picture.'])
})

t.test('what one rung lacked is not asked for where another is sure', async (t) => {
  const lacking = found([], { missing: ['Give the .onnx.'] })
  t.same(conclude([lacking, found([cause('PREPROC_GREY', 0.95)])], [], []).missing, [])
  t.same(conclude([lacking, found([cause('PREPROC_GREY', 0.5)])], [], []).missing, ['Give the .onnx.'])
})

t.test('a guess that was rejected on one rung and named on another is not rejected', async (t) => {
  const rejected = [{ code: 'PREPROC_CROP' as const, message: 'no', evidence: {} }]
  const rungs = [found([], { rejected }), found([cause('PREPROC_CROP')])]
  t.same(conclude(rungs, [], []).rejected, [])
})
