import { compareLayers, type JudgedPrecision, type LayersComparison } from '../../compare/index.js'
import type { Judging } from '../../compare/outputs/Judging.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { modelFiles } from '../../model/modelFiles.js'
import type { LayerTracer } from '../../trace/LayerTracer.js'
import { openReference } from '../../trace/openReference.js'
import { openTracer } from '../../trace/openTracer.js'
import { assignKnown } from '../inputs/assignInputs.js'
import { feedsOf } from '../inputs/feedsOf.js'
import type { GivenInput } from '../inputs/GivenInput.js'
import { renameInputs } from '../inputs/renameInputs.js'
import { onnxOptions } from '../models/onnxOptions.js'
import { openOptions } from '../models/openOptions.js'
import type { CompareRequest } from './CompareRequest.js'
import type { NamePair } from './GivenPairs.js'
import { referenceOptions } from './referenceOptions.js'

/**
 * `--layers` for one candidate, on the inputs that its outputs were judged on; undefined where it is not asked for.
 * A model that can run but not be traced (control flow on MNN) is told in `warnings`.
 */
export async function compareCandidateLayers(
  path: string,
  request: CompareRequest,
  inputs: readonly GivenInput[],
  pairs: readonly NamePair[],
  { judgedAs }: Judging,
  warnings: string[],
): Promise<LayersComparison | undefined> {
  if (!request.layers) return undefined
  try {
    return await compareOnBoth(path, request, inputs, pairs, judgedAs?.precision ?? 'fp32')
  } catch (error) {
    if (!(error instanceof TwinferError) || error.code !== 'TWINFER_MODEL_UNSUPPORTED') throw error
    warnings.push(`--layers: ${error.message}`)
    return undefined
  }
}

async function compareOnBoth(
  path: string,
  request: CompareRequest,
  inputs: readonly GivenInput[],
  pairs: readonly NamePair[],
  precision: JudgedPrecision,
): Promise<LayersComparison> {
  const { engine } = await modelFiles(path, {})
  const candidate = await openTracer(path, openOptions(engine, request))
  let reference: LayerTracer | undefined
  try {
    reference = await openReference(request.reference, onnxOptions(await referenceOptions(request)))
    const { assigned: own } = assignKnown(reference.inputs, inputs)
    const { assigned } = renameInputs(candidate.inputs, inputs, [], { given: pairs })
    const feeds = feedsOf(own, [])
    return await compareLayers(reference, candidate, feeds, {
      precision,
      candidateInputs: feedsOf(assigned, []),
    })
  } finally {
    await candidate.dispose()
    await reference?.dispose()
  }
}
