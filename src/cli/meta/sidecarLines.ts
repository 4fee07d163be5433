import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import type { Sidecar, SidecarOutput, SidecarSource } from '../../preprocess/sidecar/Sidecar.js'
import { paint, renderTable } from '../../report/renderTable.js'

/** A sidecar as people read it. */
export function sidecarLines(path: string, { model, inputs, outputs, source }: Sidecar): readonly string[] {
  return [
    paint('bold', path),
    `${model.name}, SHA-256 ${model.sha256.slice(0, 12)}…, ${sourceOf(source)}`,
    ...Object.entries(inputs).flatMap(([name, { image }]) => ['', recordTable(name, image)]),
    ...Object.entries(outputs).flatMap(([name, output]) => ['', `output ${name}: ${outputOf(output)}`]),
  ]
}

function sourceOf({ kind, from, given }: SidecarSource): string {
  const options = given.length > 0 ? `given: ${given.join(', ')}` : ''
  if (from === null) return kind === 'recovered' ? 'recovered from tensors' : options
  return [`from ${from} (${kind})`, options].filter((part) => part !== '').join('; ')
}

/** Every stage in the order in which it happens. */
function recordTable(name: string, record: Preprocessing): string {
  const { size, order, fit, cropPct = 1, resampler, interpolation, antialias, pad, exif = true } = record
  const { scale = 1, mean = 0, std = 1, layout = 'NCHW', dtype = 'float32' } = record
  const share = fit === 'cover' || fit === 'crop' || cropPct !== 1 ? `, ${cropPct} of the side` : ''
  const place = pad?.position ?? (fit === 'pad' ? 'top-left' : 'centre')
  const padding = pad === undefined ? '' : `, ${place} on ${listOf(pad.value ?? 0)}`
  const smoothing = antialias === false ? ', without antialias' : ''
  return renderTable(
    [{ title: `input ${name}` }, { title: 'what is done to the picture' }],
    [
      ['exif', exif ? 'turned upright' : 'left as it is stored'],
      ['order', order],
      ['size', `${size.width} wide, ${size.height} high`],
      ['fit', `${fit}${share}${padding}`],
      ['resize', `${resampler} ${interpolation}${smoothing}`],
      [
        'values',
        dtype === 'uint8' ? 'bytes as they are' : `(pixel * ${scale} - ${listOf(mean)}) / ${listOf(std)}`,
      ],
      ['tensor', `${dtype} ${layout}`],
    ],
  )
}

function listOf(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : `[${value.join(', ')}]`
}

function outputOf({ meaning, labels, threshold }: SidecarOutput): string {
  const count =
    typeof labels === 'string' ? `, labels in ${labels}` : labels ? `, ${labels.length} labels` : ''
  return `${meaning}${count}${threshold === undefined ? '' : `, above ${threshold}`}`
}
