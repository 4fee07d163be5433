import { weightsPath } from '../../file/NcnnReport.js'
import type { RunnableOptions } from '../../pack/openRunnable.js'
import type { CandidateRun } from '../model/Candidate.js'
import type { MixedOpenLines } from './MixedPrecision.js'

/** How the masked copy is opened in the precision that the set was found for; at `place` where nothing was written. */
export function openLines(
  { precision = 'default' }: RunnableOptions,
  { effective }: CandidateRun,
  written: readonly string[],
  place: string,
): MixedOpenLines {
  const [model = place, weights = weightsPath(place)] = written
  const isBf16 = effective.options.use_bf16_storage === true
  const switches = isBf16
    ? ['net.opt.use_bf16_storage = true;']
    : ['fp16_packed', 'fp16_storage', 'fp16_arithmetic'].map((name) => {
        const on = effective.options[`use_${name}`] === true
        return `net.opt.use_${name} = ${on};`
      })
  return {
    twinfer: `open(${JSON.stringify(model)}, { precision: '${precision}' })`,
    ncnn: [
      ...switches,
      `net.load_param(${JSON.stringify(model)});`,
      `net.load_model(${JSON.stringify(weights)});`,
    ].join('\n'),
  }
}
