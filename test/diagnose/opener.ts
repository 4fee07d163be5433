// What ends the process when it is opened is opened elsewhere first: the command line's way of opening is asked before anything runs.
import t from 'tap'
import { diagnoseWith } from '../../src/diagnose/diagnose.js'
import { TwinferError } from '../../src/errors/TwinferError.js'
import { readNpy } from '../../src/tensor/npy/readNpy.js'
import { fixture } from '../helpers/fixtures.js'

const model = fixture('digits8-cnn/model.mnn')
const samples = [{ name: 'digit', golden: await readNpy(fixture('digits8-cnn/input.npy')) }]

t.test('a candidate that crashes when it is opened is an answer, and is not run', async (t) => {
  const crashing = async () => {
    throw new TwinferError('TWINFER_ENGINE_CRASHED', 'opening it ends the process (SIGSEGV)')
  }
  const { causes, rungs } = await diagnoseWith(crashing, model, { reference: model, samples })
  t.equal(causes[0]!.code, 'OP_SEMANTICS')
  t.match(causes[0]!.message, /opening it ends the process \(SIGSEGV\)/)
  t.same(
    rungs.map(({ rung }) => rung),
    ['files'],
  )
})

t.test('the same candidate, opened without trouble, is nothing to accuse', async (t) => {
  const opened: string[] = []
  const opener = async ({ name }: { readonly name: string }) => {
    opened.push(name)
  }
  const { causes } = await diagnoseWith(opener, model, { reference: model, samples, precision: 'fp32' })
  t.same(
    causes.map(({ code }) => code),
    ['NONE'],
  )
  t.equal(opened.length, 1, 'it was asked')
})
