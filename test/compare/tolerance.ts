import t from 'tap'
import { judge } from '../../dist/compare/judge/judge.js'
import {
  parseTolerances,
  requireKnownOutputs,
  toleranceFor,
} from '../../dist/compare/judge/parseTolerances.js'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import { Tensor } from '../../dist/tensor/Tensor.js'

const usage = (message: RegExp) => ({ name: 'TwinferError', code: 'TWINFER_USAGE', message })
const tensor = (...values: number[]) => new Tensor(Float32Array.from(values), [values.length])

t.test('limits for all outputs are overridden one by one by those of an output', async (t) => {
  const tolerances = parseTolerances(['sqnr=60,cosine=0.99', 'prob:sqnr=40', 'prob:maxabs=1e-3'])
  t.strictSame(toleranceFor(tolerances, 'prob'), { sqnr: 40, cosine: 0.99, maxabs: 1e-3 })
  t.strictSame(toleranceFor(tolerances, 'box'), { sqnr: 60, cosine: 0.99 })
})

t.test('without any, the precision decides', async (t) => {
  t.equal(toleranceFor(parseTolerances([]), 'prob'), undefined)
  t.equal(toleranceFor(parseTolerances(['prob:top1=0.9']), 'box'), undefined)
})

t.test("an output's name may hold colons, and be one of Object's own", async (t) => {
  t.strictSame(toleranceFor(parseTolerances(['serving:0:sqnr=6']), 'serving:0'), { sqnr: 6 })
  t.strictSame(toleranceFor(parseTolerances(['__proto__:sqnr=6']), '__proto__'), { sqnr: 6 })
})

t.test('what cannot be used is a usage error with the text in it', async (t) => {
  t.throws(() => parseTolerances(['snr=60']), { ...usage(/received 'snr'/), help: /Did you mean 'sqnr'/ })
  t.throws(() => parseTolerances(['prob:sqnr=high']), usage(/'prob:sqnr=high': expected sqnr to be a number/))
  for (const spec of ['', 'prob:', 'sqnr', 'sqnr=', 'sqnr=1=2', 'sqnr=1,', 'sqnr=NaN', 'sqnr=Infinity']) {
    t.throws(() => parseTolerances([spec]), usage(/expected/), spec)
  }
  t.throws(() => parseTolerances(['top1=1.5']), usage(/from 0 to 1/))
  t.throws(() => parseTolerances(['maxabs=-1']), usage(/from 0/))
})

t.test('a tolerance for an output that is not there is a usage error, never unused', async (t) => {
  const tolerances = parseTolerances(['porb:sqnr=60'])
  t.throws(() => requireKnownOutputs(tolerances, ['prob']), {
    ...usage(/\(prob\), received one for 'porb'/),
    help: /Did you mean 'prob'/,
  })
  t.doesNotThrow(() => requireKnownOutputs(tolerances, ['prob', 'porb']))
})

t.test('a tolerance replaces the rule of the precision', async (t) => {
  const comparison = compareTensors(tensor(1, 2, 3, 4), tensor(1, 2, 3, 4.01))
  t.notOk(judge(comparison, 'fp32').pass)
  t.ok(judge(comparison, 'fp32', { tolerance: { sqnr: 50 } }).pass)
  t.notOk(judge(comparison, 'int8', { tolerance: { sqnr: 60 } }).pass, 'also a wider one')
})

t.test('each limit is held', async (t) => {
  const comparison = compareTensors(tensor(1, 2, 3, 4), tensor(1, 2, 3, 4.01))
  const within = { sqnr: 54, cosine: 0.99999, maxabs: 0.0101, maxrel: 0.00251, top1: 1 }
  t.ok(judge(comparison, 'fp32', { tolerance: within }).pass)
  const beyond = { sqnr: 55, cosine: 0.9999999, maxabs: 0.0099, maxrel: 0.0024 }
  for (const [key, limit] of Object.entries(beyond)) {
    const verdict = judge(comparison, 'fp32', { tolerance: { ...within, [key]: limit } })
    t.notOk(verdict.pass, verdict.reason)
    t.match(verdict.reason, /of the tolerance$/)
  }
})

t.test('top1 speaks for all flips, also those that the error does not explain', async (t) => {
  const flipped = { ...compareTensors(tensor(1, 2), tensor(1, 2)), argmaxFlips: 2, argmaxCount: 100 }
  t.match(judge(flipped, 'fp32').reason, /^2 of 100 best classes/)
  t.ok(judge(flipped, 'fp32', { tolerance: { top1: 0.98 } }).pass)
  t.notOk(judge(flipped, 'fp32', { tolerance: { top1: 0.981 } }).pass)
})

t.test('no tolerance lets a NaN pass', async (t) => {
  const comparison = compareTensors(tensor(1, 2), tensor(1, Number.NaN))
  t.notOk(judge(comparison, 'fp32', { tolerance: { sqnr: -400, top1: 0 } }).pass)
  t.equal(judge(comparison, 'fp32').wouldPass, null)
})

t.test('the tolerance that would pass does pass, and nothing much stricter', async (t) => {
  for (const error of [0.01, 1.23456e-3, 7e-5, 0.5]) {
    const comparison = compareTensors(tensor(1, 2, 3, 4), tensor(1, 2 + error, 3, 4 - 2 * error))
    const { wouldPass } = judge(comparison, 'fp32')
    t.ok(judge(comparison, 'fp32', { tolerance: wouldPass! }).pass, JSON.stringify(wouldPass))
    t.notOk(judge(comparison, 'fp32', { tolerance: { sqnr: wouldPass!.sqnr! + 0.1 } }).pass)
    t.notOk(judge(comparison, 'fp32', { tolerance: { maxabs: wouldPass!.maxabs! * 0.98 } }).pass)
  }
})
