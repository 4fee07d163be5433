import type { WeightComparison } from '../../check/against/WeightComparison.js'
import { examine } from '../../check/check.js'
import type { CheckReport, Finding } from '../../check/Finding.js'
import { type Opener, openHere } from '../../check/tryOpening.js'
import { answering } from '../../errors/answering.js'
import { ModelFile, type ModelSource } from '../../file/ModelFile.js'
import { readStart } from '../../file/requireFile.js'
import { sniffContent } from '../../file/sniffContent.js'
import { nativeIfLoadable } from '../../native/native.js'
import { findModel } from '../../pack/openRunnable.js'
import { Pack } from '../../pack/Pack.js'
import type { Cause, CauseCode } from '../Cause.js'
import type { Findings } from '../Findings.js'
import { findingCauses } from './findingCauses.js'
import { reorderedCauses, scaledCauses, weightCauses } from './weightCauses.js'

export interface DiagnoseFilesOptions {
  /** How the model is opened once its files read as sound. Default: in this process. */
  readonly opener?: Opener
}

/** What the files of a candidate say by themselves and beside their source. */
export interface FileFindings extends Findings {
  /** What may be meant, such as a layer of zeros: a cause only where the outputs differ. */
  readonly suspected: readonly Cause[]
  readonly report: CheckReport
  /** Whether the weights were held against the source's, and how they differ from them. */
  readonly compared: WeightComparison
}

/**
 * Checks a candidate's files and says what is wrong with them as causes: weights that are shifted, cut off, not finite,
 * of another model, dead or scaled, layers that the engine does not know, and files of another version. Nothing runs
 * but the opening of the model, and a model that does not open is a cause, too.
 *
 * @param source the .onnx that the candidate was converted from, or a golden pack: its recorded model where that is an
 *   .onnx and still beside it, and the versions that it was recorded with.
 * @throws TwinferError what `check` throws: for files that are not there, and for a damaged source.
 */
export const diagnoseFiles = answering(
  'diagnoseFiles',
  async function diagnoseFiles(
    model: ModelSource,
    source?: string | Pack,
    { opener = openHere }: DiagnoseFilesOptions = {},
  ): Promise<FileFindings> {
    const file = await ModelFile.from(model)
    const pack = source instanceof Pack ? source : undefined
    const against = typeof source === 'string' ? source : pack && (await originalOf(pack))
    const { report, compared } = await examine(opener, file, { against })
    const isHeld = against !== undefined
    const found = findingCauses(isHeld ? untold(report.findings, compared) : report.findings)
    const known = weightCauses(compared)
    const certain = found.filter(({ suspected }) => !suspected).map(({ cause }) => cause)
    const suspected = found.filter((one) => one.suspected).map(({ cause }) => cause)
    const scaled = scaledCauses(compared)
    const causes = rankCauses([
      ...(await foreignCauses(report.findings, file)),
      ...behindDamage(withExtremes(known, report.findings), report.findings),
      ...certain,
      // A damaged file is not run, and no outputs will say whether the factor was meant.
      ...(report.ok ? [] : scaled.map((cause) => ({ ...cause, confidence: 0.6 }))),
      ...(await skewCauses(file, pack)),
    ])
    return {
      causes,
      suspected: rankCauses([...scaled, ...reorderedCauses(compared), ...suspected]).filter(
        ({ code }) => !causes.some((cause) => cause.code === code),
      ),
      rejected: [],
      missing: isHeld
        ? []
        : ['Give the .onnx that the model was converted from: its weights show whether these are its.'],
      report,
      compared,
    }
  },
)

/** The model that a pack was recorded from, where it is an .onnx and can be found. */
async function originalOf(pack: Pack): Promise<string | undefined> {
  if (pack.manifest.recorded.model.engine !== 'onnx') return undefined
  try {
    return await findModel(pack)
  } catch {
    return undefined
  }
}

/** What the comparison says better than the findings about its weights do. */
const toldByComparison: ReadonlySet<string> = new Set([
  'weight-zero',
  'zero-channels',
  'fp16-underflow',
  'weights-shifted',
])
const extremes: ReadonlySet<string> = new Set(['weight-huge', 'weight-outlier', 'weight-inf', 'weight-nan'])

/** The findings that say more than the comparison with the source: what both hold is no fault. */
function untold(findings: readonly Finding[], { matched, faults }: WeightComparison): readonly Finding[] {
  const sound = new Set(matched.map(({ weight }) => weight.layer))
  for (const { weight } of faults) sound.delete(weight.layer)
  return findings.filter(({ code, layer, severity }) => {
    if (toldByComparison.has(code) || (code === 'weights-differ' && layer !== null)) return false
    if (code === 'inputs-differ' || code === 'outputs-differ') return severity === 'error'
    const isAmount = code === 'weight-huge' || code === 'weight-outlier'
    return !(isAmount && layer !== null && sound.has(layer))
  })
}

/** A channel that is not the source's for one value that is beyond all others was not taken from another model. */
function withExtremes(causes: readonly Cause[], findings: readonly Finding[]): readonly Cause[] {
  return causes.map((cause) => {
    if (cause.code !== 'WEIGHTS_OTHER_MODEL' || cause.evidence.channelCount === undefined) return cause
    const extreme = findings.find(({ code, layer }) => extremes.has(code) && layer === cause.evidence.layer)
    if (!extreme) return cause
    return {
      ...cause,
      code: 'WEIGHTS_NOT_FINITE',
      confidence: 0.9,
      message: `${extreme.message}; ${cause.message}`,
      evidence: { ...cause.evidence, finding: extreme.code, offset: extreme.offset },
    }
  })
}

/** Where the next tag is not in its place, bytes were lost or inserted: what is read before it is no other model's for that. */
function behindDamage(causes: readonly Cause[], findings: readonly Finding[]): readonly Cause[] {
  if (!findings.some(({ code, severity }) => code === 'bad-tag' && severity === 'error')) return causes
  return causes.map((cause) =>
    cause.code === 'WEIGHTS_OTHER_MODEL' && cause.confidence < sureOfModel
      ? { ...cause, confidence: cause.confidence * consequent }
      : cause,
  )
}

/** What most of the weights say. */
const sureOfModel = 0.95

const models: ReadonlySet<string> = new Set([
  'onnx',
  'mnn',
  'ncnn-param',
  'ncnn-param-bin',
  'ncnn-bin',
  'tflite',
  'gguf',
])

/** A model of another kind in place of this one is another model; a web page or nothing at all is a file that is not there. */
async function foreignCauses(findings: readonly Finding[], file: ModelFile): Promise<readonly Cause[]> {
  const foreign = findings.find(({ code }) => code === 'foreign-file')
  if (!foreign) return []
  const content = foreign.file === file.name ? file.model : await file.weights()
  if (content === undefined) return []
  const { kind, description } = sniffContent(
    typeof content === 'string' ? await readStart(content) : content.subarray(0, 4096),
  )
  if (!models.has(kind)) return []
  return [
    {
      code: 'WEIGHTS_OTHER_MODEL',
      confidence: 0.95,
      message: `${foreign.file} is a file of another kind: it looks like ${description}`,
      evidence: { finding: foreign.code, file: foreign.file, kind },
      fix: { twinfer: foreign.help ?? 'Give the converted model.' },
    },
  ]
}

/** A file that a newer converter wrote than the engine is, and a pack that another version of the engine recorded. */
async function skewCauses(file: ModelFile, pack: Pack | undefined): Promise<readonly Cause[]> {
  const versions = nativeIfLoadable()?.versions
  if (!versions || file.engine === 'onnx') return []
  const engine = versions[file.engine]
  const causes: Cause[] = []
  const converter = file.engine === 'mnn' ? (await file.mnn()).net?.converter : undefined
  if (converter !== undefined && isNewer(converter, engine)) {
    causes.push({
      code: 'VERSION_SKEW',
      confidence: 0.9,
      message: `the file was written by MNN ${converter}, and MNN ${engine} runs it: an older runtime misreads, or refuses, what a newer converter writes`,
      evidence: { fileVersion: converter, engineVersion: engine },
      fix: { twinfer: `Run it on MNN ${converter} or newer, or convert the model again with MNN ${engine}.` },
    })
  }
  const recorded = pack?.manifest.recorded
  if (recorded && recorded.model.engine === file.engine && recorded.versions.engine !== engine) {
    const { engine: was } = recorded.versions
    causes.push({
      code: 'VERSION_SKEW',
      confidence: 0.7,
      message: `the pack was recorded on ${file.engine} ${was}, ${engine} runs here: kernels and file formats differ between versions`,
      evidence: { recordedVersion: was, engineVersion: engine },
      fix: { twinfer: `Use one version of ${file.engine} to convert, to record and to run.` },
    })
  }
  return causes
}

/** Compares numbers part by part; what is no version is not newer. */
function isNewer(version: string, than: string): boolean {
  if (!/^\d+(\.\d+)*$/.test(version)) return false
  const [a, b] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]]
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0)
  }
  return false
}

/** Causes that others follow from: what is read behind a shift is garbage, and what is cut off has other sizes. */
const consequences: Readonly<Partial<Record<CauseCode, readonly CauseCode[]>>> = {
  WEIGHTS_SHIFTED: ['WEIGHTS_NOT_FINITE', 'WEIGHTS_OTHER_MODEL', 'WEIGHTS_DEAD_LAYER'],
  DTYPE_MISREAD: ['WEIGHTS_NOT_FINITE', 'WEIGHTS_OTHER_MODEL', 'WEIGHTS_SHIFTED', 'WEIGHTS_TRUNCATED'],
  WEIGHTS_OTHER_MODEL: ['WEIGHTS_TRUNCATED', 'WEIGHTS_NOT_FINITE', 'OP_SEMANTICS'],
  WEIGHTS_TRUNCATED: ['WEIGHTS_OTHER_MODEL', 'WEIGHTS_DEAD_LAYER', 'WEIGHTS_SHIFTED'],
  OP_SEMANTICS: ['WEIGHTS_SHIFTED', 'WEIGHTS_OTHER_MODEL', 'WEIGHTS_TRUNCATED'],
  UNKNOWN_LAYER: ['OP_SEMANTICS'],
  VERSION_SKEW: ['OP_SEMANTICS'],
}
const consequent = 0.6

/** One cause for each code, the surest first; what may only follow from a surer one counts for less. */
export function rankCauses(causes: readonly Cause[]): readonly Cause[] {
  const sorted = sortCauses(causes)
  const ranked = sorted.map((cause, at) => {
    const follows = sorted.slice(0, at).some(({ code }) => consequences[code]?.includes(cause.code))
    return follows ? { ...cause, confidence: cause.confidence * consequent } : cause
  })
  return sortCauses(ranked)
}

/** One cause for each code, the surest first. */
export function sortCauses(causes: readonly Cause[]): readonly Cause[] {
  const byCode = new Map<CauseCode, Cause>()
  for (const cause of causes) {
    const known = byCode.get(cause.code)
    if (!known || cause.confidence > known.confidence) byCode.set(cause.code, cause)
  }
  return [...byCode.values()].toSorted((a, b) => b.confidence - a.confidence)
}
