// A golden pack from the machine that builds judges the board: drift of lower precision is expected there, another
// preprocessing is not. scripts/test-arm.mjs records the pack with the addon of its own machine.
import { existsSync } from 'node:fs'
import t from 'tap'
import { Tensor } from 'twinfer'
import { verify } from 'twinfer/compare'
import { fixture } from '../helpers/fixtures.js'
import { digitsInput } from '../helpers/packs.js'
import { projectPath } from '../helpers/projectPath.js'

const pack = projectPath('.emulated/golden.twin')
const reason = !process.arch.startsWith('arm')
  ? `not for ${process.arch}`
  : existsSync(pack)
    ? undefined
    : 'no pack was recorded'
const options = reason ? { skip: reason } : {}
const files = ['digits8-cnn/model.ncnn.param', 'digits8-cnn/model.mnn'].map(fixture)

t.test('what an x64 machine recorded passes here in fp32 on both engines', options, async (t) => {
  for (const file of files) {
    const { pass, judgedAs, verdict, outputs } = await verify(pack, file, { precision: 'fp32' })
    t.equal(pass, true, verdict.reason)
    t.equal(judgedAs?.precision, 'fp32')
    t.ok(outputs[0]!.sqnrDb! > 100, `${outputs[0]!.sqnrDb} dB`)
  }
})

t.test('the drift of fp16 is seen, and judged as fp16', options, async (t) => {
  for (const file of files) {
    const { pass, judgedAs, verdict, run, outputs } = await verify(pack, file, { precision: 'fp16' })
    t.equal(pass, true, verdict.reason)
    t.equal(judgedAs?.precision, run.effective?.precision)
    const drifts = run.effective?.precision !== 'fp32'
    t.equal(outputs[0]!.sqnrDb! < 100, drifts, `${outputs[0]!.sqnrDb} dB`)
  }
})

t.test('another preprocessing is not taken for drift', options, async (t) => {
  const input = await digitsInput()
  const wrong = new Tensor(
    (input.data as Float32Array).map((value) => value / 2),
    input.shape,
  )
  for (const file of files) {
    const { pass, verdict } = await verify(pack, file, { precision: 'fp16', inputs: wrong })
    t.equal(pass, false)
    t.match(verdict.reason, /preprocessing/)
  }
})
