// Whether a model repeats itself.
import t from 'tap'
import { Tensor } from 'twinfer'
import { Pack } from 'twinfer/compare'
import { Candidate } from '../../../dist/diagnose/model/Candidate.js'
import { diagnoseRuns } from '../../../dist/diagnose/model/diagnoseRuns.js'
import { ModelReference } from '../../../dist/diagnose/model/ModelReference.js'
import { normals } from '../../helpers/ncnnFile.js'
import { digits, recordDigits } from '../../helpers/packs.js'

const golden = { inputs: {}, outputs: {} }
const clean = normals(1, 4096)

/**
 * Neither engine has an operator that differs from run to run: a candidate in place of one, whose output is off by
 * `noise` (of its power) in every run, or where it has several threads, or where it has these and does not run in fp32.
 */
function noisyCandidate(noise: number, onlyThreads = false, isRounding = false): Candidate {
  let runs = 0
  interface Options {
    readonly threads: number
    readonly precision?: string
  }
  const open =
    ({ threads, precision }: Options) =>
    async () => ({
      inputs: [],
      run: async () => {
        const error = normals(100 + runs++, clean.length)
        const isExact = (onlyThreads && threads === 1) || (isRounding && precision === 'fp32')
        const off = isExact ? 0 : noise
        const seeded = onlyThreads ? normals(7, clean.length) : error
        return {
          y: new Tensor(
            clean.map((value, i) => value + off * seeded[i]!),
            [clean.length],
          ),
        }
      },
      dispose: async () => {},
    })
  const made = (options: Options): object => ({ options, open: open(options), feeds: () => ({}), with: made })
  return made({ threads: 2 }) as Candidate
}

t.test('a model that differs from itself is named, and how far', async (t) => {
  const { causes, noise } = await diagnoseRuns(noisyCandidate(0.01), golden)
  t.match(causes, [{ code: 'NON_DETERMINISTIC', evidence: { outputs: [{ name: 'y' }] } }])
  t.notOk(noise.deterministic)
  const { noiseDb } = causes[0]!.evidence as { readonly noiseDb: number }
  t.ok(noiseDb > 36 && noiseDb < 38, `${noiseDb} dB: two runs, each 40 dB off`)
  t.ok(causes[0]!.confidence > 0.9)
})

t.test('threads that race are named as such', async (t) => {
  const { causes, noise } = await diagnoseRuns(noisyCandidate(0.01, true), golden)
  t.ok(noise.deterministic, 'runs of one kind agree')
  t.match(causes, [{ code: 'NON_DETERMINISTIC', message: /one thread/, fix: { twinfer: /--threads 1/ } }])
})

t.test('other kernels for other threads, which round otherwise, are innocent', async (t) => {
  const { causes, rejected } = await diagnoseRuns(noisyCandidate(0.01, true, true), golden)
  t.same(causes, [])
  t.match(rejected, [{ code: 'NON_DETERMINISTIC', message: /round otherwise: in fp32/ }])
})

t.test('sums in another order are innocent', async (t) => {
  for (const onlyThreads of [false, true]) {
    const { causes, rejected } = await diagnoseRuns(noisyCandidate(1e-6, onlyThreads), golden)
    t.same(causes, [])
    t.match(rejected, [{ code: 'NON_DETERMINISTIC', message: /sums in another order/ }])
  }
})

t.test('a model that repeats itself gives the noise floor for what follows', async (t) => {
  const pack = await Pack.open(await recordDigits(t.testdir()))
  const reference = await ModelReference.open(pack)
  for (const file of ['model.ncnn.param', 'model.mnn']) {
    const candidate = await Candidate.of(digits(file), { precision: 'fp32' }, reference)
    const { causes, rejected, noise, threadsDb } = await diagnoseRuns(
      candidate,
      (await reference.recorded())!,
    )
    t.same(causes, [], file)
    t.match(rejected, [{ code: 'NON_DETERMINISTIC' }])
    t.match(noise, { runs: 4, deterministic: true })
    t.ok(threadsDb > 100, `${threadsDb} dB between one thread and several`)
  }
  await reference.dispose()
  await pack.close()
})
