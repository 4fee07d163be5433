import { sniffContent } from '../../file/sniffContent.js'
import type { FindingList } from '../FindingList.js'
import { readTensor } from '../weights/decodeValues.js'
import type { ScannedTensor } from '../weights/judgePeers.js'
import { judgeUnderflow } from '../weights/judgeUnderflow.js'
import type { StoredTensor, WeightRole } from '../weights/StoredTensor.js'
import type { WeightBytes } from '../weights/WeightFile.js'
import type { Comparand, EngineWeight } from './Comparand.js'
import { compareWeights } from './compareWeights.js'
import { explainShift } from './explainShift.js'
import { collectSourceWeights } from './SourceWeight.js'
import { nothingCompared, type WeightComparison } from './WeightComparison.js'

/** Holds the tensors of one file against the source model and the dump, where they are given. */
export async function compareStored(
  tensors: readonly StoredTensor[],
  source: WeightBytes,
  { graph, dump }: Comparand,
  findings: FindingList,
  more: readonly EngineWeight[] = [],
): Promise<WeightComparison> {
  if (dump) await explainDump(dump, tensors, source, findings)
  if (!graph) return nothingCompared
  const ofRole = (wanted: WeightRole) =>
    tensors.filter(({ role }) => role === wanted).map((tensor) => engineWeight(tensor, source))
  const constants = ofRole('data').filter(({ format }) => format !== 'int8')
  return compareWeights([...ofRole('weight'), ...more], constants, collectSourceWeights(graph), findings)
}

/** What only the source shows better, of the tensors that were not found in it. */
export async function judgeUncompared(
  scanned: readonly ScannedTensor[],
  { matched }: WeightComparison,
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const known = new Set(matched.map(({ weight }) => weight.offset))
  for (const { tensor, statistics } of scanned)
    if (!known.has(tensor.offset)) await judgeUnderflow(tensor, statistics, source, findings)
}

function engineWeight(tensor: StoredTensor, source: WeightBytes): EngineWeight {
  const { layer, layerType, offset, external, count, channels, format } = tensor
  const values = (bytesLater = 0) => readTensor(tensor, source, bytesLater)
  const steps = format === 'int8' ? { steps: new Float32Array(channels).fill(1) } : {}
  return { layer, layerType, offset, external, count, channels, format, values, ...steps }
}

/** A reader that is off by a few values has a few more or fewer of them. */
const largestDifference = 8

/** Finds the tensor that another reader meant to read, and says how it missed it. The file itself is not at fault. */
async function explainDump(
  dump: Float32Array,
  tensors: readonly StoredTensor[],
  source: WeightBytes,
  findings: FindingList,
): Promise<void> {
  const difference = ({ count }: StoredTensor) => Math.abs(count - dump.length)
  const candidates = tensors
    .filter((tensor) => difference(tensor) <= largestDifference)
    .sort((a, b) => difference(a) - difference(b))
  for (const tensor of candidates) {
    const lag = explainShift(dump, await readTensor(tensor, source))
    if (lag === null) continue
    return reportLag(lag, dump, tensor, findings)
  }
  const said =
    candidates.length > 0
      ? `no tensor of about ${dump.length} values is like the dump, shifted or not`
      : `no tensor has about ${dump.length} values`
  findings.info('reader-differs', said, {
    help: 'Give a flat float32 array of the weights of one layer.',
  })
}

function reportLag(lag: number, dump: Float32Array, tensor: StoredTensor, findings: FindingList): void {
  const { layer, offset, format } = tensor
  const place = { layer, offset }
  const first = new Uint8Array(Float32Array.of(dump[0] ?? 0).buffer)
  const isTag = lag === 1 && ['ncnn-bin', 'zeros'].includes(sniffContent(first).kind)
  if (lag === 0) {
    findings.info('reader-agrees', `the dump is what the file holds for '${layer}' (${format})`, place)
  } else if (isTag) {
    findings.info(
      'reader-skips-tag',
      `your reader ignores the 4-byte tag of '${layer}': the file is fine, its weights start at ${offset}`,
      { ...place, help: 'Every tagged block starts with a word that says how it is stored: read it first.' },
    )
  } else {
    findings.info('reader-shifted', `your reader reads '${layer}' ${lag} values off: the file is fine`, {
      ...place,
      help: `The weights start at byte ${offset}.`,
    })
  }
}
