import {
  invalid,
  perChannel,
  refuseUnknown,
  requireBoolean,
  requireNumber,
  requireWord,
} from '../requireFields.js'
import type { AudioPreprocessing, EnergyRule, FrameRange, LogRule } from './AudioPreprocessing.js'
import { type AudioDefaults, audioPresets, presetOf } from './presets.js'

/** A record with all its fields, and one number for each column. */
export interface ResolvedAudio extends AudioDefaults {
  readonly preset: AudioPreprocessing['preset']
  readonly sampleRate: number
  readonly channel: number | 'mix' | undefined
  /** Mels, and the energy. */
  readonly columns: number
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Every field of a record, in the order in which it takes effect. */
export const audioFields: readonly (keyof AudioPreprocessing)[] = [
  'preset',
  'sampleRate',
  'channel',
  'sampleScale',
  'sampleCount',
  'dither',
  'preemphasis',
  'preemphasisOf',
  'removeDcOffset',
  'frameLength',
  'hopLength',
  'fftLength',
  'edges',
  'window',
  'windowPeriod',
  'windowPlace',
  'frames',
  'power',
  'nMels',
  'fMin',
  'fMax',
  'melScale',
  'melNorm',
  'melFilters',
  'log',
  'energy',
  'subtractMean',
  'mean',
  'std',
  'layout',
]

const mostRate = 2 ** 20
const mostLength = 2 ** 20
const mostMels = 4096

/**
 * A record with the preset's values filled in.
 *
 * @throws TwinferError TWINFER_INVALID_OPTION for a field that is unknown, missing, out of its range or contradicts the
 * others: what was expected and received, and the nearest name.
 */
export function resolveAudio(record: AudioPreprocessing): ResolvedAudio {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw invalid('audio', 'a record such as { preset, sampleRate, … }', record)
  }
  refuseUnknown('audio', record, audioFields)
  requireWord('preset', record.preset, audioPresets)
  const sampleRate = whole('sampleRate', record.sampleRate, 1, mostRate)
  const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
  const all: AudioDefaults = { ...presetOf(record), ...given }
  if (all.dither !== 0) throw invalid('dither', '0: noise would make other features each time', all.dither)
  const frameLength = whole('frameLength', all.frameLength, 1, mostLength)
  const fftLength = whole('fftLength', all.fftLength, Math.max(2, frameLength), mostLength)
  if (fftLength % 2 !== 0) throw invalid('fftLength', 'an even number', fftLength)
  const nMels = whole('nMels', all.nMels, 1, mostMels)
  const fMin = requireNumber(
    'fMin',
    all.fMin,
    (hz) => hz >= 0 && hz < sampleRate / 2,
    'from 0 to half the rate',
  )
  const energy = all.energy === null ? null : requireEnergy(all.energy)
  const columns = nMels + (energy === null ? 0 : 1)
  return {
    preset: record.preset,
    sampleRate,
    channel: requireChannel(record.channel),
    sampleScale: requireNumber('sampleScale', all.sampleScale, (scale) => scale > 0, 'above 0'),
    sampleCount: all.sampleCount === null ? null : whole('sampleCount', all.sampleCount, 1, 2 ** 28),
    dither: 0,
    preemphasis: requireNumber('preemphasis', all.preemphasis, (c) => c >= 0 && c <= 1, 'from 0 to 1'),
    preemphasisOf: requireWord('preemphasisOf', all.preemphasisOf, ['signal', 'frame']),
    removeDcOffset: requireBoolean('removeDcOffset', all.removeDcOffset),
    frameLength,
    hopLength: whole('hopLength', all.hopLength, 1, mostLength),
    fftLength,
    edges: requireWord('edges', all.edges, ['snip', 'mirror', 'reflect', 'constant']),
    window: requireWord('window', all.window, ['hann', 'hamming', 'povey', 'blackman', 'rectangular']),
    windowPeriod: requireWord('windowPeriod', all.windowPeriod, ['periodic', 'symmetric']),
    windowPlace: requireWord('windowPlace', all.windowPlace, ['centre', 'start']),
    frames: all.frames === null ? null : requireFrames(all.frames),
    power: requirePower(all.power),
    columns,
    nMels,
    fMin,
    fMax: requireNumber(
      'fMax',
      all.fMax,
      (hz) => hz > fMin && hz <= sampleRate / 2,
      `above ${fMin}, at most half the sample rate (${sampleRate / 2})`,
    ),
    melScale: requireWord('melScale', all.melScale, ['htk', 'slaney']),
    melNorm: all.melNorm === null ? null : requireWord<'slaney'>('melNorm', all.melNorm, ['slaney']),
    melFilters: requireWord('melFilters', all.melFilters, ['hz', 'mel', 'symmetric']),
    log: all.log === null ? null : requireLog(all.log),
    energy,
    subtractMean: requireBoolean('subtractMean', all.subtractMean),
    mean: perChannel('mean', all.mean, columns, () => true, '', 'column'),
    std: perChannel('std', all.std, columns, (std) => std !== 0, 'other than 0', 'column'),
    layout: requireWord('layout', all.layout, ['frames-mels', 'mels-frames']),
  }
}

function requireChannel(channel: number | 'mix' | undefined): number | 'mix' | undefined {
  if (channel === undefined || channel === 'mix') return channel
  if (typeof channel === 'number') return whole('channel', channel, 0, 2 ** 16 - 1)
  throw invalid('channel', "a channel's number from 0 up, or 'mix'", channel)
}

function requirePower(power: number): 1 | 2 {
  if (power === 1 || power === 2) return power
  throw invalid('power', '1 for magnitudes, or 2 for their squares', power)
}

function requireFrames(frames: FrameRange): FrameRange {
  requireObject('frames', frames, ['first', 'count'], 'an object such as { first: 0, count: 300 }, or null')
  return {
    first: whole('frames.first', frames.first, 0, 2 ** 28),
    count: whole('frames.count', frames.count, 1, 2 ** 28),
  }
}

function requireLog(log: LogRule): LogRule {
  const example = "an object such as { kind: 'natural', floor: 1e-6, floorBy: 'sum' }, or null"
  requireObject('log', log, ['kind', 'floor', 'floorBy', 'range', 'reference'], example)
  const { range, reference } = log
  return {
    kind: requireWord('log.kind', log.kind, ['natural', 'log10', 'decibel']),
    floor: requireNumber('log.floor', log.floor, (floor) => floor > 0, 'above 0'),
    floorBy: requireWord('log.floorBy', log.floorBy, ['maximum', 'sum']),
    ...(range !== undefined && { range: requireNumber('log.range', range, (most) => most > 0, 'above 0') }),
    ...(reference !== undefined && {
      reference:
        reference === 'max'
          ? reference
          : requireNumber('log.reference', reference, (value) => value > 0, "above 0, or 'max'"),
    }),
  }
}

function requireEnergy(energy: EnergyRule): EnergyRule {
  const example = "an object such as { place: 'first', raw: true, floor: 0 }, or null"
  requireObject('energy', energy, ['place', 'raw', 'floor'], example)
  return {
    place: requireWord('energy.place', energy.place, ['first', 'last']),
    raw: requireBoolean('energy.raw', energy.raw),
    floor: requireNumber('energy.floor', energy.floor, (floor) => floor >= 0, 'of 0 or more'),
  }
}

function requireObject(name: string, value: object, known: readonly string[], expected: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(name, expected, value)
  refuseUnknown(name, value, known)
}

function whole(name: string, value: unknown, least: number, most: number): number {
  return requireNumber(
    name,
    value,
    (number) => Number.isInteger(number) && number >= least && number <= most,
    `that is whole, from ${least} to ${most}`,
  )
}
