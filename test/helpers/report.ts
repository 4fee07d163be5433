import { judge } from '../../dist/compare/judge/judge.js'
import type { JudgedPrecision } from '../../dist/compare/judge/passRules.js'
import type { LayersComparison } from '../../dist/compare/layers/LayerComparison.js'
import { compareTensors } from '../../dist/compare/measure/compareTensors.js'
import type { ReportInput } from '../../dist/report/html/renderReport.js'
import { prepareSeries } from '../../dist/report/prepareSeries.js'
import type { ReportedCandidate, ReportedOutput } from '../../dist/report/ReportedComparison.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { seededRandom } from './seededRandom.js'

/** What a model file might hold to take over a report. */
export const hostileName = `</script><img src=x onerror=alert(1)>"'\u202Egnp`

const shape = [1, 3, 16, 16]

/** A reference and a candidate whose errors are of the given size. */
export function noisyPair(noise: number, sizes: readonly number[] = shape): readonly [Tensor, Tensor] {
  const random = seededRandom(11)
  const length = sizes.reduce((product, size) => product * size, 1)
  const reference = Float32Array.from({ length }, () => random() * 6 - 3)
  const candidate = reference.map((value) => value + (random() - 0.5) * noise)
  return [new Tensor(reference, sizes), new Tensor(candidate, sizes)]
}

export function reportedOutput(
  name: string,
  [reference, candidate]: readonly [Tensor, Tensor],
  precision: JudgedPrecision = 'fp32',
): ReportedOutput {
  const comparison = compareTensors(reference, candidate, { name })
  return { ...comparison, ulp, verdict: judge(comparison, precision) }
}

const ulp = { edges: [0, 1, 2, 4, 16, 1024], counts: [700, 40, 20, 7, 0, 1] }

export function reportedCandidate(
  model: string,
  outputs: readonly ReportedOutput[],
  more: Partial<ReportedCandidate> = {},
): ReportedCandidate {
  return {
    model,
    engine: 'ncnn',
    effective: { ...settings, notes: ['requested fp16 → active fp32'] },
    timing: { loadMs: 20, runMs: 5 },
    outputs,
    verdict: (outputs.find(({ verdict }) => !verdict.pass) ?? outputs[0])?.verdict ?? nothing,
    warnings: [],
    ...more,
  }
}

const nothing = { pass: false, reason: 'nothing was compared' }

const settings = { engineVersion: '1.0', precision: 'fp32', threads: 2, notes: [] }

/** A trace of which the layer in the middle is damaged, the third identical and the last one holds a NaN. */
export function reportedLayers(count: number): LayersComparison {
  const middle = Math.floor(count / 2)
  const layers = Array.from({ length: count }, (_, index) => ({
    index,
    name: index === middle ? hostileName : `stages.${index % 4}.blocks.${index}.conv`,
    type: 'Convolution',
    blob: `${100 + index}`,
    shape: [96, 14, 14],
    reference: index % 10 === 7 ? null : `/stages.${index % 4}/blocks.${index}/conv/Conv_output_0`,
    ms: 0.25,
    accumulated:
      index % 10 === 7
        ? null
        : { sqnrDb: index === count - 1 ? null : index < middle ? 120 : 20, cosine: 1, maxAbs: 0.01 },
    own:
      index % 10 === 7
        ? null
        : { sqnrDb: index === 2 ? 400 : index === middle ? 21 : 130, cosine: 1, maxAbs: 1e-5 },
    statistics: { min: -1, max: 2, mean: 0, std: 1, maxAbs: 2, nan: 0, inf: 0, fp16: 'fits' as const },
  }))
  const { name, type, blob } = layers[middle]!
  return {
    layers,
    matched: layers.filter(({ reference }) => reference !== null).length,
    unmatched: layers.filter(({ reference }) => reference === null).length,
    firstDivergence: {
      index: middle,
      name,
      type,
      blob,
      damage: 'whole-layer',
      reason: 'Its own SQNR is 21.0 dB.',
    },
  }
}

/** A candidate that passes, one that fails at a layer, and one that nobody can judge. */
export function reportInput({ layers = 70 }: { layers?: number } = {}): ReportInput {
  const [good, bad] = [noisyPair(1e-6), noisyPair(0.1)]
  const missing = {
    name: 'aux',
    verdict: { pass: false, reason: 'the candidate has no counterpart of this output' },
  }
  const unjudged = { pass: false, inconclusive: true, reason: 'no pass rule is known for int4' } as const
  return {
    comparison: {
      reference: { model: 'models/net.onnx', engine: 'onnx', effective: settings },
      candidates: [
        reportedCandidate('models/net.ncnn.param', [reportedOutput('prob', good)]),
        reportedCandidate(hostileName, [reportedOutput(hostileName, bad), missing], {
          layers: reportedLayers(layers),
        }),
        reportedCandidate('models/net.mnn', [{ ...reportedOutput('prob', good), verdict: unjudged }]),
      ],
      vote: {
        oddOneOut: hostileName,
        message: `ONNX and ncnn agree, ${hostileName} does not`,
        pairs: [{ a: 'models/net.onnx', b: hostileName, output: 'prob', sqnrDb: 31, agree: false }],
      },
    },
    series: [
      { prob: prepareSeries(...good) },
      { [hostileName]: prepareSeries(...bad) },
      { prob: prepareSeries(...good) },
    ],
    created: '2026-01-02T03:04:05Z',
    environment: { twinfer: '1.2.3', platform: 'linux x64' },
  }
}
