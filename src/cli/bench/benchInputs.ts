import type { DescribedInput, MadeInputs } from '../../bench/prepare.js'
import type { ModelFile } from '../../file/ModelFile.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import { assignInputs, feedsOf } from '../inputs/assignInputs.js'
import { parseInputSpec } from '../inputs/readInputs.js'
import { readSamples, type SampleRequest } from '../inputs/samples.js'

/** What `bench` and `tune` take as inputs; nothing where nothing is said, so that a golden pack may bring its own. */
export function benchInputs(
  request: SampleRequest,
  files: readonly ModelFile[],
): {
  readonly inputs?: (infos: readonly DescribedInput[]) => Promise<MadeInputs>
  readonly inputNames?: readonly string[]
  readonly seed?: number
} {
  const { input, inputs, images, random, seed } = request
  if ([input, inputs, images, random].every((given) => given === undefined)) {
    return seed === undefined ? {} : { seed }
  }
  const names = [...(input ?? []), ...(inputs ?? [])].flatMap((text) => parseInputSpec(text).name ?? [])
  return {
    inputNames: names,
    inputs: async (described) => {
      const infos = described.map((info) => ({ ...info, shape: info.shape, dtype: info.dtype ?? 'float32' }))
      const known = infos.map(({ unused = false, ...info }) => ({ ...info, unused }))
      const samples = await readSamples(request, async () => known, files)
      const feeds: NamedTensors[] = []
      for (const sample of samples.samples) feeds.push(feedsOf(assignInputs(known, await sample.read()), []))
      return { source: samples.source === 'random' ? 'random' : 'given', seed: samples.seed, feeds }
    },
  }
}
