import type { Extraction } from '../../diagnose/extract/Extraction.js'
import { type ExtractOptions, extract } from '../../diagnose/extract/extract.js'
import { ModelFile } from '../../file/ModelFile.js'
import { formatDb, formatNumber, formatShape } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import { renderTable } from '../../report/renderTable.js'
import type { CommandResult } from '../CommandResult.js'
import { type ModelOptions, openOptions } from '../models/ModelOptions.js'
import { settingsLine } from '../output/lines.js'
import { givenInputs } from '../pack/givenInputs.js'

/** What `twinfer extract` is asked. */
export interface ExtractRequest extends ModelOptions {
  readonly model: string
  readonly layer: string
  readonly to?: string
  readonly reference?: string
  readonly input?: readonly string[]
  readonly out: string
  readonly force?: boolean
}

/** `twinfer extract`. */
export async function extractLayer(request: ExtractRequest): Promise<CommandResult> {
  const { layer, to, reference, out: folder, force } = request
  const notes: string[] = []
  const file = await ModelFile.from(request.model)
  const inputs = request.input && (await givenInputs(request.input, notes))
  const settings: ExtractOptions = {
    ...openOptions(file.requireConverted(), request),
    layer,
    to,
    reference,
    folder,
    force,
    inputs,
  }
  const { warnings, ...extraction } = await extract(file, settings)
  const document = { ...extraction, warnings: [...notes, ...warnings] }
  return { exitCode: 0, document, text: printExtraction(document) }
}

/** What `twinfer extract` shows to a person. */
export function printExtraction(extraction: Extraction): string {
  const { folder, model, engine, layers, inputs, outputs, alone, effective, files, warnings } = extraction
  const [first, last] = [layers[0]!, layers.at(-1)!]
  const what =
    first === last
      ? `${first.name} (${first.type})`
      : `${first.name} (${first.type}) to ${last.name} (${last.type}), ${layers.length} layers`
  const difference = (one: { readonly maxAbs: number; readonly sqnrDb: number | null }) =>
    `max abs ${formatNumber(one.maxAbs)}, ${formatDb(one.sqnrDb)}`
  return linesOf([
    `${paint('bold', what)} of ${model}`,
    settingsLine(engine, effective),
    alone.identical
      ? 'alone it gives bit for bit what it gives inside of the network'
      : `alone it differs from what it gives inside of the network: ${difference(alone)}`,
    ...warnings.map((warning) => paint('yellow', `note: ${warning}`)),
    '',
    renderTable(
      [{ title: 'input' }, { title: 'shape' }, { title: 'dtype' }, { title: 'from' }],
      inputs.map(({ name, shape, dtype, from, reference }) => [
        name,
        formatShape(shape),
        dtype,
        reference === null ? from : `${from} (${reference})`,
      ]),
    ),
    renderTable(
      [
        { title: 'output' },
        { title: 'shape' },
        { title: 'expected from' },
        { title: 'SQNR', align: 'right' },
        { title: 'max abs', align: 'right' },
      ],
      outputs.map(({ name, shape, expectedFrom, reference, sqnrDb, maxAbs }) => [
        name,
        formatShape(shape),
        reference === null ? `${expectedFrom}, plain fp32` : `${expectedFrom} (${reference})`,
        formatDb(sqnrDb),
        formatNumber(maxAbs),
      ]),
    ),
    '',
    paint('dim', `wrote ${files.length} files into ${folder}`),
  ])
}
