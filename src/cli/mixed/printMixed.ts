import type { MixedMeasure, MixedPrecision } from '../../diagnose/mixed/MixedPrecision.js'
import { fp32Of } from '../../diagnose/mixed/MixedPrecision.js'
import { formatDb, formatMs } from '../../format/numbers.js'
import { indented, linesOf, paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'

/** What `twinfer mixed` shows to a person: the outcome, the layers, and how to open what was written. */
export function printMixed(found: Omit<MixedPrecision, 'param'>): string {
  const { model, reference, precision, outcome, said, before, after, fp32, notes, written, open } = found
  const colour = outcome === 'found' || outcome === 'nothing-needed' ? 'green' : 'red'
  return linesOf([
    `${paint('bold', model)} against ${paint('bold', reference)}`,
    paint(colour, said),
    '',
    measureLine(`all in ${precision.ran}`, before),
    ...(after ? [measureLine(outcome === 'found' ? 'the set in fp32' : 'all of them in fp32', after)] : []),
    measureLine(`as a whole in ${fp32Of(precision.weights)}`, fp32),
    ...layerTable(found),
    ...bridgeLines(found),
    ...notes.map((note) => paint('yellow', `note: ${note}`)),
    ...(written.length > 0 ? ['', ...written.map((file) => `wrote ${file}`)] : []),
    ...(open
      ? [
          `${paint('cyan', 'twinfer')}: ${open.twinfer}`,
          ...indented(`${paint('cyan', 'ncnn')}: ${open.ncnn}`),
        ]
      : []),
  ])
}

function measureLine(what: string, { sqnrDb, ms }: MixedMeasure): string {
  const time = ms === null ? '' : ` in ${formatMs(ms)}`
  return `${what.padEnd(20)}${sqnrDb === null ? 'not finite' : formatDb(sqnrDb)}${time}`
}

function layerTable({ layers }: Pick<MixedPrecision, 'layers'>): readonly string[] {
  if (layers.length === 0) return []
  const columns = [
    { title: 'layer' },
    { title: 'type' },
    { title: 'mask' },
    { title: 'own', align: 'right' as const },
    { title: 'gain', align: 'right' as const },
    { title: 'outputs', align: 'right' as const },
  ]
  const rows = layers.map(({ name, type, mask, ownDb, gainDb, outputDb }) => [
    name,
    type,
    `31=${mask}`,
    ownDb === null ? 'not finite' : formatDb(ownDb),
    gainDb === null ? '' : formatDb(gainDb),
    outputDb === null ? 'not finite' : formatDb(outputDb),
  ])
  return ['', renderTable(columns, rows)]
}

function bridgeLines({ bridges }: Pick<MixedPrecision, 'bridges'>): readonly string[] {
  if (bridges.length === 0) return []
  const pairs = bridges.map(({ from, to }) => `${from} → ${to}`).join(', ')
  return ['', `masks alone would end the process between ${pairs}: a DeepCopy widens the blob there`]
}
