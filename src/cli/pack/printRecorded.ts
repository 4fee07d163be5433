import type { Noise } from '../../compare/outputs/Noise.js'
import { formatBytes } from '../../format/numbers.js'
import type { PackEffective, StoredTensor } from '../../pack/manifest/PackManifest.js'
import type { OverflowForecast } from '../../pack/overflowForecast.js'
import { paint } from '../../report/index.js'
import { settingsLine } from '../output/settingsLine.js'
import { tensorTable } from '../output/tensorTable.js'
import { overflowLines } from './overflowLines.js'

export interface RecordedPack {
  readonly pack: string
  readonly bytes: number
  readonly model: string
  readonly engine: string
  readonly effective: PackEffective & { readonly engineVersion: string }
  readonly inputs: readonly StoredTensor[]
  readonly outputs: readonly StoredTensor[]
  readonly noise: Noise
  readonly layers: { readonly recorded: number; readonly stored: number }
  readonly overflow: readonly OverflowForecast[]
  readonly warnings: readonly string[]
}

/** What `twinfer record` shows to a person. */
export function printRecorded(recorded: RecordedPack): string {
  const { pack, bytes, model, engine, effective, layers, noise, overflow, warnings } = recorded
  const repeatable = noise.deterministic ? 'bit-identical' : paint('yellow', 'not the same each time')
  return [
    `recorded ${paint('bold', model)}`,
    `  ${settingsLine(engine, effective)}, ${noise.runs} runs, ${repeatable}`,
    ...[...effective.notes, ...warnings].map((note) => paint('yellow', `  note: ${note}`)),
    tensorTable('input', recorded.inputs),
    tensorTable('output', recorded.outputs),
    `${layers.recorded} layers, values of ${layers.stored}`,
    ...overflowLines(overflow),
    `wrote ${paint('bold', pack)} (${formatBytes(bytes)})`,
  ].join('\n')
}
