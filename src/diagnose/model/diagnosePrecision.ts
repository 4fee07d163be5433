import { passRules } from '../../compare/judge/passRules.js'
import type { ComparedOutput } from '../../compare/outputs/compareOutputs.js'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { formatDb } from '../../format/numbers.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Cause, Fix, Rejected } from '../Cause.js'
import type { Findings } from '../Findings.js'
import type { Candidate, CandidateRun } from './Candidate.js'
import { findLowLayer, forecastOverflow, type LayerMaximum } from './lowPrecision.js'
import type { GoldenRun } from './ModelReference.js'
import { algorithmSwitches, loweringSwitches, type SwitchResult, trySwitches } from './switches.js'

export interface DiagnosePrecisionOptions {
  /** The candidate's run with its own options, where there is one already. */
  readonly base?: CandidateRun | undefined
  /** What the candidate gave where it was deployed, under its own names: judged for overflow, not run. */
  readonly deployed?: NamedTensors | undefined
}

/** What the precision that runs costs. */
export interface PrecisionFindings extends Findings {
  readonly base: CandidateRun
  /** The same in fp32, with no switch of the caller's; `base` itself where that is fp32 already. */
  readonly fp32: CandidateRun
  /** Every switch that was turned by itself. */
  readonly switches: readonly SwitchResult[]
}

/** So much better in fp32, in dB, is no coincidence. */
const clearlyDb = 6
/** As good as fp32 whatever ran. */
const fp32Db = passRules.fp32.floorDb
/** So far below its floor, in dB, a precision is not what rounding costs any more. */
const farBelowDb = 10
/** Below this an error is not one of arithmetic in another order. */
const kernelDb = 60

/**
 * Runs a candidate on golden inputs as it is asked for and in fp32, and turns the switches in which both differ one at
 * a time: whether the precision is to blame, which switch it is, and whether values or weights are beyond what that
 * precision can hold.
 *
 * @throws TwinferError what `open()` and `run()` throw.
 */
export const diagnosePrecision = answering(
  'diagnosePrecision',
  async function diagnosePrecision(
    candidate: Candidate,
    golden: readonly GoldenRun[],
    { base: given, deployed }: DiagnosePrecisionOptions = {},
  ): Promise<PrecisionFindings> {
    const base = given ?? (await candidate.run(golden))
    const fp32 = isPlainFp32(base) ? base : await candidate.with(fp32Options(base.options)).run(golden)
    const found = { base, fp32, switches: [], causes: [], rejected: [], missing: [] }
    const overflowed = deployed && (await judgeDeployed(candidate, golden, fp32, deployed))
    if (overflowed) return { ...found, causes: [overflowed] }
    if (base.verdict.pass) return { ...found, ...(await explainLoss(candidate, golden, base, fp32)) }
    if (fp32 !== base && fp32.verdict.pass)
      return { ...found, ...(await blamePrecision(candidate, golden, base, fp32)) }
    return { ...found, ...(await blameAlgorithm(candidate, golden, base, fp32)) }
  },
)

/** With which options a candidate computes in fp32, as its engine does by itself. */
export function fp32Options({ engineOptions: _, ...options }: RunnableOptions): RunnableOptions {
  return { ...options, precision: 'fp32' }
}

function isPlainFp32({ effective, options }: CandidateRun): boolean {
  return effective.precision === 'fp32' && Object.keys(options.engineOptions ?? {}).length === 0
}

type Explained = Pick<PrecisionFindings, 'causes' | 'rejected' | 'switches'>

/** It passes: what it lost is what its precision costs, and worth saying where fp32 would have lost less. */
async function explainLoss(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  base: CandidateRun,
  fp32: CandidateRun,
): Promise<Explained> {
  const { judgedAs } = base.judging
  const isFp32 = judgedAs === null || judgedAs.precision === 'fp32'
  if (isFp32 || base.sqnrDb === null || base.sqnrDb >= fp32Db)
    return { causes: [], rejected: [], switches: [] }
  const isRuntime = fp32 !== base && (fp32.sqnrDb ?? -Infinity) > base.sqnrDb + clearlyDb
  const switches = isRuntime ? await trySwitches(candidate, golden, base, loweringSwitches(base, fp32)) : []
  const cause: Cause = {
    code: 'PRECISION_EXPECTED',
    confidence: 0.9,
    message: `${formatDb(base.sqnrDb)} is what ${judgedAs.precision} costs (${formatDb(base.floorDb)} is its floor)${saidOf(base, fp32, switches)}`,
    evidence: evidenceOf(base, fp32, switches),
    fix: isRuntime ? fixFor(base, restoringOf(switches, base)) : { twinfer: storageFix(base) },
  }
  return { causes: [cause], rejected: [], switches }
}

function saidOf(base: CandidateRun, fp32: CandidateRun, switches: readonly SwitchResult[]): string {
  const { judgedAs } = base.judging
  const restoring = restoringOf(switches, base)
  if (restoring) return `: ${describe(restoring)} gives ${formatDb(restoring.sqnrDb)}`
  if (fp32 !== base && (fp32.sqnrDb ?? -Infinity) > (base.sqnrDb ?? 0) + clearlyDb)
    return `: fp32 gives ${formatDb(fp32.sqnrDb)}`
  return judgedAs?.because === undefined ? '' : `: ${judgedAs.because}`
}

function evidenceOf(base: CandidateRun, fp32: CandidateRun, switches: readonly SwitchResult[]) {
  const { judgedAs } = base.judging
  const { effective } = base
  const restoring = restoringOf(switches, base)
  return {
    precision: judgedAs?.precision ?? effective.precision,
    requestedPrecision: effective.requestedPrecision,
    ranPrecision: effective.precision,
    ...(judgedAs?.because !== undefined && { because: judgedAs.because }),
    sqnrDb: base.sqnrDb,
    floorDb: base.floorDb,
    fp32SqnrDb: fp32.sqnrDb,
    ...(restoring && { switch: restoring.name, switchTo: restoring.to }),
    ...(switches.length > 0 && { switches: switches.map(({ name, to, sqnrDb }) => ({ name, to, sqnrDb })) }),
  }
}

/** It fails, and fp32 does not. */
async function blamePrecision(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  base: CandidateRun,
  fp32: CandidateRun,
): Promise<Explained> {
  const switches = await trySwitches(candidate, golden, base, loweringSwitches(base, fp32))
  const restoring = restoringOf(switches, base)
  const ran = base.effective.precision
  const evidence = evidenceOf(base, fp32, switches)
  const fix = fixFor(base, restoring)
  const better = `fp32 gives ${formatDb(fp32.sqnrDb)}${restoring ? `, and so does ${describe(restoring)} alone (${formatDb(restoring.sqnrDb)})` : ''}`
  const low = await lowLayerOf(candidate, golden[0]!, base, fp32)
  const place = low ? ` at '${low.layer}' (${low.type})` : ''
  const details = {
    ...evidence,
    ...(low && { layer: low.layer, type: low.type, blob: low.blob, ...low.numbers }),
  }
  const isBroken = base.compared.some(isSaturated)
  if (low?.reason === 'underflow') {
    const message = `${ran} flushes weights${place} to zero: ${outcomeOf(base)}, ${better}`
    return {
      causes: [{ code: 'PRECISION_WEIGHT_UNDERFLOW', confidence: 0.92, message, evidence: details, fix }],
      rejected: [],
      switches,
    }
  }
  if (low?.reason === 'overflow' || isBroken) {
    const message = `${ran} cannot hold the values${place}: ${outcomeOf(base)}, ${better}`
    const confidence = low?.reason === 'overflow' ? 0.95 : 0.8
    return {
      causes: [{ code: 'PRECISION_OVERFLOW', confidence, message, evidence: details, fix }],
      rejected: [],
      switches,
    }
  }
  const short = (base.floorDb ?? 0) - (base.sqnrDb ?? -Infinity)
  const isFar = short > farBelowDb
  const message = isFar
    ? `${formatDb(base.sqnrDb)} is ${short.toFixed(0)} dB less than ${ran} costs${place}: a value or a sum that it cannot hold, or a kernel that is wrong; ${better}`
    : `${formatDb(base.sqnrDb)} is a little less than ${ran} is expected to keep (${formatDb(base.floorDb)})${place}: the network is sensitive to it; ${better}`
  return {
    causes: [
      {
        code: isFar ? 'PRECISION_OVERFLOW' : 'PRECISION_EXPECTED',
        confidence: isFar ? 0.6 : 0.7,
        message,
        evidence: details,
        fix,
      },
    ],
    rejected: [],
    switches,
  }
}

async function lowLayerOf(candidate: Candidate, golden: GoldenRun, base: CandidateRun, fp32: CandidateRun) {
  try {
    const precision = base.judging.judgedAs?.precision ?? 'fp16'
    return await findLowLayer(candidate, candidate.with(fp32.options), golden, precision)
  } catch (error) {
    // Control flow, which cannot be traced: the outputs have to do.
    if (error instanceof TwinferError) return undefined
    throw error
  }
}

/** It fails in fp32 as well: perhaps in one of the ways in which an engine computes fp32. */
async function blameAlgorithm(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  base: CandidateRun,
  fp32: CandidateRun,
): Promise<Explained> {
  const own = candidate.with(fp32.options)
  const switches = await trySwitches(own, golden.slice(0, 1), fp32, algorithmSwitches(fp32))
  const restoring = switches.find(({ pass }) => pass)
  const evidence = evidenceOf(base, fp32, switches)
  if (!restoring) {
    const message = `fp32 gives ${formatDb(fp32.sqnrDb)} as well, whatever is turned off: no precision is to blame`
    const rejected: Rejected[] = [{ code: 'PRECISION_EXPECTED', message, evidence }]
    return { causes: [], rejected, switches }
  }
  const isRounding = (fp32.sqnrDb ?? -Infinity) >= kernelDb
  const cause: Cause = {
    code: isRounding ? 'PRECISION_EXPECTED' : 'OP_SEMANTICS',
    confidence: 0.8,
    message: `${formatDb(fp32.sqnrDb)} in fp32, and ${formatDb(restoring.sqnrDb)} with ${describe(restoring)}: ${isRounding ? 'that algorithm rounds more' : 'a kernel of the engine is wrong'}`,
    evidence: { ...evidence, switch: restoring.name, switchTo: restoring.to },
    fix: { twinfer: optionLine(restoring) },
  }
  return { causes: [cause], rejected: [], switches }
}

/** What a board gave is not finite or at the end of fp16, and fp32 is right here: what the layers hold says whether it overflowed. */
async function judgeDeployed(
  candidate: Candidate,
  golden: readonly GoldenRun[],
  fp32: CandidateRun,
  deployed: NamedTensors,
): Promise<Cause | undefined> {
  const broken = Object.entries(deployed).filter(([, tensor]) => countSaturated(float32Values(tensor)) > 0)
  if (broken.length === 0 || !fp32.verdict.pass) return undefined
  const maxima = await forecastOverflow(candidate.with(fp32.options), golden[0]!)
  const first = maxima.find(({ level }) => level === 'certain') ?? maxima[0]
  const outputs = broken.map(([name]) => name)
  return {
    code: 'PRECISION_OVERFLOW',
    confidence: first?.level === 'certain' ? 0.95 : first ? 0.75 : 0.5,
    message: `${outputs.join(', ')}: NaN, Infinity or the end of fp16 where it was deployed, and ${formatDb(fp32.sqnrDb)} in fp32 here${forecastSaid(first)}`,
    evidence: { outputs, fp32SqnrDb: fp32.sqnrDb, ...(first && forecastEvidence(first, maxima)) },
    fix: fixFor(fp32, undefined),
  }
}

function forecastSaid(first: LayerMaximum | undefined): string {
  if (!first) return ': no layer reaches what fp16 cannot hold, so look at the weights and at the device'
  const reaches = `'${first.layer}' (${first.type}) reaches ${first.maxAbs.toPrecision(4)}`
  return first.level === 'certain'
    ? `: ${reaches}, fp16 ends at 65504`
    : `: ${reaches}, ten of which fp16 cannot add up`
}

function forecastEvidence(first: LayerMaximum, maxima: readonly LayerMaximum[]) {
  return {
    layer: first.layer,
    type: first.type,
    blob: first.blob,
    maxAbs: first.maxAbs,
    layers: maxima.slice(0, 8),
  }
}

/** The end of fp16, and that of float32, where engines stop at it. */
const saturated = [65504, 3.4028234663852886e38]

function countSaturated(values: ArrayLike<number>): number {
  let count = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!)
    if (!Number.isFinite(size) || saturated.includes(size)) count++
  }
  return count
}

function isSaturated({
  sqnrDb,
  worst,
  nan = 0,
  inf = 0,
  referenceNan = 0,
  referenceInf = 0,
}: ComparedOutput): boolean {
  if (nan > referenceNan || inf > referenceInf || sqnrDb === null) return true
  return worst !== null && worst !== undefined && saturated.includes(Math.abs(worst.value))
}

function outcomeOf({ compared, sqnrDb }: CandidateRun): string {
  const [nan, inf] = [sumOf(compared, 'nan'), sumOf(compared, 'inf')]
  return nan + inf > 0 ? `${nan} NaN and ${inf} Infinity in the outputs` : formatDb(sqnrDb)
}

function sumOf(compared: readonly ComparedOutput[], field: 'nan' | 'inf'): number {
  return compared.reduce((sum, output) => sum + (output[field] ?? 0), 0)
}

/** The one switch that by itself wins most of what fp32 wins. */
function restoringOf(switches: readonly SwitchResult[], base: CandidateRun): SwitchResult | undefined {
  const best = switches.toSorted((a, b) => (b.sqnrDb ?? -Infinity) - (a.sqnrDb ?? -Infinity))[0]
  if (!best?.pass || best.sqnrDb === null) return undefined
  return best.sqnrDb >= Math.min(fp32Db, (base.sqnrDb ?? -Infinity) + 2 * clearlyDb) ? best : undefined
}

function describe({ name, to }: SwitchResult): string {
  return `${name}=${to}`
}

function optionLine({ name, to, engine }: SwitchResult): string {
  return `--engine-option ${engine}.${name}=${to}, or open(model, { engineOptions: { ${name}: ${JSON.stringify(to)} } })`
}

function fixFor({ effective, options }: CandidateRun, restoring: SwitchResult | undefined): Fix {
  const twinfer = restoring
    ? optionLine(restoring)
    : "--precision fp32, or open(model, { precision: 'fp32' })"
  if (effective.engine === 'mnn') {
    return {
      twinfer,
      mnn: `BackendConfig backendConfig;\nbackendConfig.precision = BackendConfig::Precision_High;\nscheduleConfig.backendConfig = &backendConfig;${options.device?.startsWith('vulkan') ? ' // fp16 images otherwise' : ''}`,
    }
  }
  const lines = restoring
    ? [`net.opt.${restoring.name} = ${restoring.to};`]
    : ['fp16_packed', 'fp16_storage', 'fp16_arithmetic', 'bf16_storage'].map(
        (name) => `net.opt.use_${name} = false;`,
      )
  return { twinfer, ncnn: `${lines.join('\n')} // before load_param` }
}

function storageFix({ judging }: CandidateRun): string {
  return `Nothing is wrong: to lose less, convert again with weights in fp32 (they are stored as ${judging.judgedAs?.precision ?? 'less'}).`
}
