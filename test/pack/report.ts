import t from 'tap'
import { Tensor } from 'twinfer'
import { verify } from 'twinfer/compare'
import { reportSource } from '../../dist/cli/pack/verifyPack.js'
import { verifyWithValues } from '../../dist/pack/verify.js'
import { toLayout } from '../../dist/tensor/convertTensor.js'
import { digits, recordDigits } from '../helpers/packs.js'

t.test(
  'outputs are drawn under the recorded name and in the recorded layout, as they were judged',
  async (t) => {
    const pack = await recordDigits(t.testdir())
    const finished = await verifyWithValues(pack, digits('model.mnn'), { precision: 'fp32' })
    const golden = new Tensor(
      Float32Array.from({ length: 24 }, (_, i) => i),
      [1, 2, 3, 4],
    )
    const outputs = { logits: toLayout(golden, 'NHWC') }
    const source = reportSource(pack, { ...finished, golden: { out0: golden }, outputs }, [])
    t.match(source.series(100), [{ out0: { worst: [], histogram: { limit: 0 }, scatter: { of: 24 } } }])
  },
)

t.test('a verdict has the time of its run, and none of the values', async (t) => {
  const pack = await recordDigits(t.testdir())
  const verdict = await verify(pack, digits('model.mnn'), { precision: 'fp32' })
  t.match(verdict.timing, { loadMs: Number, runMs: Number })
  t.notOk('golden' in verdict)
})
