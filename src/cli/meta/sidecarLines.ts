import { paint } from '../../format/visibleText.js'
import type { AudioPreprocessing, LogRule } from '../../preprocess/audio/AudioPreprocessing.js'
import { resolveAudio } from '../../preprocess/audio/resolveAudio.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import type { Sidecar, SidecarOutput, SidecarSource } from '../../preprocess/sidecar/Sidecar.js'
import { renderTable } from '../../report/renderTable.js'

/** A sidecar as people read it. */
export function sidecarLines(path: string, { model, inputs, outputs, source }: Sidecar): readonly string[] {
  return [
    paint('bold', path),
    `${model.name}, SHA-256 ${model.sha256.slice(0, 12)}…, ${sourceOf(source)}`,
    ...Object.entries(inputs).flatMap(([name, { image, audio }]) => [
      '',
      image ? recordTable(name, image) : audioTable(name, audio),
    ]),
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

/** Every stage in the order in which it happens, with what the preset says. */
function audioTable(name: string, record: AudioPreprocessing): string {
  const audio = resolveAudio(record)
  const { preset, sampleRate, channel, sampleScale, sampleCount, preemphasis, removeDcOffset } = audio
  const { frameLength, hopLength, fftLength, edges, window, windowPeriod, windowPlace, frames } = audio
  const { nMels, fMin, fMax, melScale, melNorm, melFilters, log, energy, mean, std } = audio
  const count = sampleCount === null ? '' : `, ${sampleCount} of them`
  const emphasis =
    preemphasis === 0
      ? 'no preemphasis'
      : `preemphasis ${preemphasis} of ${audio.preemphasisOf === 'frame' ? 'each frame' : 'the signal'}`
  const place = frameLength < fftLength ? `, at its ${windowPlace}` : ''
  const kept = frames === null ? '' : `, ${frames.count} of them from ${frames.first} on`
  return renderTable(
    [{ title: `input ${name}` }, { title: `what is done to the sound (preset ${preset})` }],
    [
      ['samples', `${sampleRate} a second${count}, * ${sampleScale}, channel ${channel ?? 'of mono sound'}`],
      ['signal', `${emphasis}${removeDcOffset ? ', the mean of each frame removed' : ''}`],
      ['frames', `of ${frameLength} samples, every ${hopLength}, edges ${edges}${kept}`],
      ['window', `${windowPeriod} ${window}, FFT of ${fftLength}${place}`],
      ['mels', `${nMels} from ${fMin} to ${fMax} Hz of ${audio.power === 2 ? 'powers' : 'magnitudes'}`],
      [
        'filters',
        `${melScale} scale, straight in ${melFilters}, ${melNorm === null ? 'not normalised' : `norm ${melNorm}`}`,
      ],
      ['log', logOf(log)],
      ...(energy === null
        ? []
        : [['energy', `${energy.raw ? 'raw, ' : ''}${energy.place}, at least ${energy.floor}`]]),
      [
        'values',
        `${audio.subtractMean ? 'less the mean of the utterance, ' : ''}(value - ${listOf(alike(mean))}) / ${listOf(alike(std))}`,
      ],
      ['tensor', `float32 ${audio.layout}`],
    ],
  )
}

function logOf(log: LogRule | null): string {
  if (log === null) return 'none'
  const { kind, floor, floorBy, range, reference = 1 } = log
  const safe = floorBy === 'sum' ? `x + ${floor}` : `max(x, ${floor})`
  const zero = reference === 1 ? '' : `, 0 at ${reference}`
  return `${kind} of ${safe}${zero}${range === undefined ? '' : `, ${range} below the greatest`}`
}

function alike(values: readonly number[]): number | readonly number[] {
  return values.every((value) => value === values[0]) ? values[0]! : values
}

function listOf(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : `[${value.join(', ')}]`
}

function outputOf({ meaning, labels, threshold }: SidecarOutput): string {
  const count =
    typeof labels === 'string' ? `, labels in ${labels}` : labels ? `, ${labels.length} labels` : ''
  return `${meaning}${count}${threshold === undefined ? '' : `, above ${threshold}`}`
}
