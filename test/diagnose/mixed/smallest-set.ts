// The search itself, on sets of numbers: what passes is known here.
import t from 'tap'
import { smallestSet } from '../../../dist/diagnose/mixed/smallestSet.js'
import { seededRandom } from '../../helpers/seededRandom.js'

const all = (needed: readonly number[]) => async (set: readonly number[]) =>
  needed.every((item) => set.includes(item))
const ranked = Array.from({ length: 100 }, (_, at) => at)

t.test('what is needed is found, wherever it is ranked', async (t) => {
  const random = seededRandom(3)
  for (let i = 0; i < 50; i++) {
    const needed = ranked.filter(() => random() < 0.08)
    const found = await smallestSet(ranked, all(needed))
    t.same(found!.set, needed)
  }
  t.same(await smallestSet([], async () => true), { set: [], trials: 1 })
  t.same((await smallestSet(ranked, async () => true))!.set, [], 'nothing')
  t.same((await smallestSet(ranked, all(ranked)))!.set, ranked, 'everything')
})

t.test('the first ones take few trials', async (t) => {
  const { set, trials } = (await smallestSet(ranked, all([0, 1, 2])))!
  t.same(set, [0, 1, 2])
  t.ok(trials < 12, `${trials} trials`)
})

t.test('no item of the answer can be left out, also where more is not always better', async (t) => {
  // Passes with any three of the even ones, unless 7 is there without 8.
  const passes = async (set: readonly number[]) =>
    set.filter((item) => item % 2 === 0).length >= 3 && !(set.includes(7) && !set.includes(8))
  const { set } = (await smallestSet(ranked, passes))!
  t.equal(set.length, 3)
  for (const item of set) t.notOk(await passes(set.filter((other) => other !== item)))
})

t.test('nothing where even all of them fail', async (t) => {
  t.equal(await smallestSet(ranked, async () => false), undefined)
})
