// Against what the libraries themselves give: test/fixtures/log-mel, whose script says with which settings.
import t from 'tap'
import { readNpz } from 'twinfer/npy'
import { type AudioPreprocessing, audioPresets, preprocessAudio } from 'twinfer/preprocess'
import { fixture } from '../../helpers/fixtures.js'

const references = Object.fromEntries(await readNpz(`${fixture('log-mel')}/references.npz`))
const samples = Float32Array.from(references.sound!.data as Int16Array, (sample) => sample / 32768)

const sampleRate = 16000
const natural = { kind: 'natural', floor: 2 ** -23, floorBy: 'maximum' } as const
const decibel = { kind: 'decibel', floor: 1e-10, floorBy: 'maximum' } as const

const records: Readonly<Record<string, AudioPreprocessing>> = {
  kaldi: { preset: 'kaldi', sampleRate },
  'kaldi-energy': {
    preset: 'kaldi',
    sampleRate,
    nMels: 40,
    energy: { place: 'last', raw: false, floor: 2e8 },
  },
  'kaldi-mirror': {
    preset: 'kaldi',
    sampleRate,
    nMels: 40,
    fMin: 100,
    fMax: 7600,
    edges: 'mirror',
    window: 'hamming',
    removeDcOffset: false,
    preemphasis: 0,
  },
  'kaldi-magnitude': {
    preset: 'kaldi',
    sampleRate,
    power: 1,
    energy: { place: 'first', raw: true, floor: 0 },
    window: 'hann',
    frameLength: 320,
    hopLength: 200,
  },
  'torchaudio-fbank': { preset: 'kaldi', sampleRate, nMels: 80 },
  'torchaudio-fbank-mirror': {
    preset: 'kaldi',
    sampleRate,
    nMels: 64,
    window: 'blackman',
    edges: 'mirror',
    subtractMean: true,
    fMin: 60,
  },
  torchaudio: { preset: 'torchaudio', sampleRate },
  'torchaudio-slaney': {
    preset: 'torchaudio',
    sampleRate,
    fftLength: 512,
    frameLength: 320,
    hopLength: 160,
    nMels: 64,
    fMin: 50,
    fMax: 7000,
    melNorm: 'slaney',
    melScale: 'slaney',
  },
  'torchaudio-decibel': {
    preset: 'torchaudio',
    sampleRate,
    power: 1,
    edges: 'snip',
    hopLength: 100,
    nMels: 40,
    window: 'hamming',
    log: { ...decibel, range: 60 },
  },
  librosa: { preset: 'librosa', sampleRate },
  'librosa-max': {
    preset: 'librosa',
    sampleRate,
    fftLength: 1024,
    hopLength: 200,
    nMels: 64,
    fMin: 30,
    fMax: 7600,
    log: { ...decibel, range: 50, reference: 'max' },
  },
  'librosa-htk': {
    preset: 'librosa',
    sampleRate,
    fftLength: 500,
    frameLength: 400,
    hopLength: 160,
    nMels: 40,
    melScale: 'htk',
    melNorm: null,
    power: 1,
    edges: 'reflect',
    log: { ...decibel, floor: 1e-5 },
  },
  'librosa-uncentred': {
    preset: 'librosa',
    sampleRate,
    fftLength: 512,
    frameLength: 400,
    hopLength: 160,
    nMels: 40,
    edges: 'snip',
    window: 'blackman',
  },
  whisper: { preset: 'whisper', sampleRate },
  'speechbrain-ecapa': { preset: 'speechbrain-ecapa', sampleRate },
  'speechbrain-8k': {
    preset: 'speechbrain-ecapa',
    sampleRate: 8000,
    fftLength: 256,
    nMels: 30,
    fMin: 20,
    fMax: 3800,
  },
}

/** Of what takes no logarithm: compared in the domain in which it is used. */
function logarithms(values: Float32Array, record: AudioPreprocessing): Float64Array {
  const isLinear = record.preset === 'torchaudio' && record.log === undefined
  return Float64Array.from(values, (value) => (isLinear ? Math.log(value + 1e-10) : value))
}

for (const [name, record] of Object.entries(records)) {
  t.test(`${name}: within 1e-4 of the library's`, async (t) => {
    const expected = references[name]!
    const { data, shape } = preprocessAudio({ samples, sampleRate: record.sampleRate }, record)
    t.same(shape, [1, ...expected.shape])
    const [own, wanted] = [data, expected.data].map((values) => logarithms(values as Float32Array, record))
    const most = own!.reduce((worst, value, i) => Math.max(worst, Math.abs(value - wanted![i]!)), 0)
    t.ok(most <= 1e-4, `${most}`)
    t.comment(`${name}: ${most.toExponential(1)}`)
  })
}

t.test('every preset and every reference has its record', async (t) => {
  t.same(
    Object.keys(records).sort(),
    Object.keys(references)
      .filter((name) => !/^(sound|versions)$/.test(name))
      .sort(),
  )
  t.same([...new Set(Object.values(records).map(({ preset }) => preset))].sort(), [...audioPresets].sort())
})

t.test('fields that change a value change it: none of them is lost on the way', async (t) => {
  const values = (record: Partial<AudioPreprocessing>) =>
    preprocessAudio({ samples, sampleRate }, { preset: 'kaldi', sampleRate, ...record })
  const base = values({ fftLength: 1024 })
  const changes: readonly Partial<AudioPreprocessing>[] = [
    { sampleScale: 1 },
    { sampleCount: 6000 },
    { preemphasis: 0.9 },
    { preemphasisOf: 'signal' },
    { removeDcOffset: false },
    { frameLength: 300 },
    { hopLength: 100 },
    { fftLength: 512 },
    { edges: 'mirror' },
    { edges: 'reflect' },
    { edges: 'constant' },
    { window: 'hann' },
    { window: 'rectangular' },
    { windowPeriod: 'periodic' },
    { windowPlace: 'centre' },
    { frames: { first: 3, count: 20 } },
    { power: 1 },
    { nMels: 30 },
    { fMin: 50 },
    { fMax: 7000 },
    { melScale: 'slaney' },
    { melNorm: 'slaney' },
    { melFilters: 'hz' },
    { melFilters: 'symmetric' },
    { log: null },
    { log: { ...natural, kind: 'log10' } },
    { log: { ...natural, floor: 1e6 } },
    { log: { ...natural, floorBy: 'sum', floor: 1e3 } },
    { log: { ...natural, range: 2 } },
    { log: { ...natural, reference: 10 } },
    { log: { ...natural, reference: 'max' } },
    { energy: { place: 'first', raw: true, floor: 0 } },
    { subtractMean: true },
    { mean: 3 },
    { std: 2 },
    { layout: 'mels-frames' },
  ]
  for (const change of changes) {
    const { data, shape } = values({ fftLength: 1024, ...change })
    const isOther = shape.join() !== base.shape.join() || data.some((value, i) => value !== base.data[i])
    t.ok(isOther, JSON.stringify(change))
  }
  t.same(
    values({ fftLength: 1024, melNorm: null }).data,
    base.data,
    'and what the preset has changes nothing',
  )
})
