import { formatDb, IDENTICAL_DB } from '../format/numbers.js'
import type { PackLayer, PackMachine, PackManifest, PackRun } from './PackManifest.js'

/** What differs between the recorded run and this one, and should be known before any number is read. */
export interface PackNotice {
  readonly code:
    | 'weights-differ'
    | 'engine-version-differs'
    | 'twinfer-version-differs'
    | 'engine-differs'
    | 'precision-differs'
    | 'machine-differs'
    | 'not-repeatable'
    | 'input-dropped'
    | 'inputs-by-number'
    | 'sidecar-differs'
  /** `warning`: it may explain a difference by itself. */
  readonly severity: 'warning' | 'info'
  readonly message: string
}

/** Most telling first: versions and weights, then engine, precision and machine. */
export function noticesFor(recorded: PackRun, run: PackRun): readonly PackNotice[] {
  return [
    ...versionNotices(recorded, run),
    ...engineNotices(recorded, run),
    ...precisionNotices(recorded, run),
    ...machineNotices(recorded.machine, run.machine),
    ...noiseNotices('recorded', recorded),
    ...noiseNotices('verified', run),
  ]
}

function* versionNotices(a: PackRun, b: PackRun): Generator<PackNotice> {
  const { engine } = a.model
  if (engine === b.model.engine && a.versions.engine !== b.versions.engine) {
    yield warning(
      'engine-version-differs',
      `${engine} ${a.versions.engine} was recorded, ${b.versions.engine} ran`,
    )
  }
  if (a.versions.twinfer !== b.versions.twinfer) {
    const message = `twinfer ${a.versions.twinfer} recorded, ${b.versions.twinfer} verified`
    yield warning('twinfer-version-differs', message)
  }
}

function* engineNotices(a: PackRun, b: PackRun): Generator<PackNotice> {
  if (a.model.engine !== b.model.engine) {
    const [was, is] = [a, b].map(({ model, versions }) => `${model.engine} ${versions.engine}`)
    yield info('engine-differs', `recorded on ${was}, verified on ${is}`)
  } else if (a.model.sha256 !== b.model.sha256) {
    yield warning(
      'weights-differ',
      `${b.model.path} is not the file that was recorded (SHA-256 ${a.model.sha256.slice(0, 12)}…, received ${b.model.sha256.slice(0, 12)}…)`,
    )
  }
}

function* precisionNotices(a: PackRun, b: PackRun): Generator<PackNotice> {
  const [was, is] = [a.effective.precision, b.effective.precision]
  if (was !== is) yield info('precision-differs', `recorded in ${was}, verified in ${is}`)
}

function* machineNotices(a: PackMachine, b: PackMachine): Generator<PackNotice> {
  const [was, is] = [a, b].map(({ platform, arch, cpu }) => `${platform}-${arch} (${cpu})`)
  if (was !== is) yield info('machine-differs', `recorded on ${was}, verified on ${is}`)
}

function* noiseNotices(which: string, { noise }: PackRun): Generator<PackNotice> {
  if (noise.deterministic) return
  const noisy = noise.outputs.filter(({ sqnrDb }) => sqnrDb < IDENTICAL_DB)
  const said = noisy.map(({ name, sqnrDb }) => `${name} ${formatDb(sqnrDb)}`).join(', ')
  const message = `the ${which} model differs from itself in ${noise.runs} runs on one input: ${said}`
  yield warning('not-repeatable', message)
}

function warning(code: PackNotice['code'], message: string): PackNotice {
  return { code, severity: 'warning', message }
}

function info(code: PackNotice['code'], message: string): PackNotice {
  return { code, severity: 'info', message }
}

/** A layer whose recorded values fp16 cannot hold, or hardly. */
export interface OverflowForecast {
  readonly layer: string
  readonly blob: string
  readonly maxAbs: number
  /** `certain`: beyond 65504, fp16 stores Inf. `risk`: beyond 6550, a sum of ten such values does. */
  readonly level: 'certain' | 'risk'
}

/** Of all layers, from their recorded maxima alone: no values need to be stored, and nothing to run again. */
export function overflowRisks(layers: readonly PackLayer[]): readonly OverflowForecast[] {
  return layers.flatMap(({ name, blob, statistics: { maxAbs, fp16 } }): OverflowForecast[] =>
    fp16 === 'fits' ? [] : [{ layer: name, blob, maxAbs, level: fp16 === 'overflow' ? 'certain' : 'risk' }],
  )
}

/** Where a run may have overflowed: nowhere unless it stored values in fp16. */
export function overflowForecast(
  { layers }: PackManifest,
  { effective }: PackRun,
): readonly OverflowForecast[] {
  return effective.precision.startsWith('fp16') ? overflowRisks(layers) : []
}
