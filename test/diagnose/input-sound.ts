// What happened to features of sound, told from the golden and the deployed ones: named where scale and offset explain it,
// and else said as far as it shows, with nobody accused.
import t from 'tap'
import type { AudioPreprocessing, LogRule } from 'twinfer/preprocess'
import { preprocessAudio } from 'twinfer/preprocess'
import type { Findings } from '../../dist/diagnose/Findings.js'
import { diagnoseInputs } from '../../dist/diagnose/input/diagnoseInputs.js'
import { isSound } from '../../dist/diagnose/input/soundFeatures.js'
import { preprocess } from '../../dist/preprocess/preprocess.js'
import { float32Values } from '../../dist/tensor/convertTensor.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { paintedPicture } from '../helpers/paintedPicture.js'
import { seededRandom } from '../helpers/seededRandom.js'

t.setTimeout(300_000)

const sampleRate = 16000
const seconds = 2
const voices = new Map<number, Float32Array>()

/** Tones whose pitch and loudness change six times a second, in a little noise. */
function voice(seed: number): Float32Array {
  const known = voices.get(seed)
  if (known) return known
  const random = seededRandom(seed)
  const parts = Array.from({ length: 6 * seconds + 1 }, () => ({
    pitch: 90 + 160 * random(),
    peak: 300 + 2000 * random(),
    gain: random() < 0.2 ? 0.01 : 0.2 + 0.8 * random(),
  }))
  let phase = 0
  const samples = Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    const place = (6 * i) / sampleRate
    const [one, next, share] = [parts[Math.floor(place)]!, parts[Math.floor(place) + 1]!, place % 1]
    const at = (key: 'pitch' | 'peak' | 'gain') => one[key] * (1 - share) + next[key] * share
    phase += (2 * Math.PI * at('pitch')) / sampleRate
    let sum = 0
    for (let h = 1; h <= 24; h++) {
      const height = Math.exp(-(((h * at('pitch') - at('peak')) / 300) ** 2)) + 0.02
      sum += height * Math.sin(h * phase)
    }
    return 0.1 * at('gain') * sum + 0.002 * (random() - 0.5)
  })
  voices.set(seed, samples)
  return samples
}

const natural: LogRule = { kind: 'natural', floor: 1e-6, floorBy: 'sum' }
const torchaudio: AudioPreprocessing = { preset: 'torchaudio', sampleRate, nMels: 80, log: natural }
const kaldi: AudioPreprocessing = { preset: 'kaldi', sampleRate, nMels: 80 }
const ecapa: AudioPreprocessing = { preset: 'speechbrain-ecapa', sampleRate }
const seeds = [1, 2, 3, 4]

const features = (seed: number, record: AudioPreprocessing): Tensor =>
  preprocessAudio({ samples: voice(seed), sampleRate }, record)

function diagnose(golden: Tensor, deployed: Tensor): Findings {
  return diagnoseInputs([{ name: 'x', golden, deployed }])
}

/** Cut off or filled up with zeros to the frames that a model takes. */
function inFrames(features: Tensor, frames: number): Tensor {
  const [, , mels] = features.shape as [number, number, number]
  const values = new Float32Array(frames * mels)
  values.set(float32Values(features).subarray(0, values.length))
  return new Tensor(values, [1, frames, mels])
}

t.test('what scale and offset explain is named', async (t) => {
  const cases: readonly (readonly [
    code: string,
    words: RegExp,
    golden: AudioPreprocessing,
    deployed: AudioPreprocessing,
  ])[] = [
    [
      'PREPROC_RANGE',
      /of samples of -1 to 1, the deployed ones of 16 bits/,
      torchaudio,
      { ...torchaudio, sampleScale: 32768 },
    ],
    [
      'PREPROC_RANGE',
      /of samples of 16 bits, the deployed ones of -1 to 1/,
      kaldi,
      { ...kaldi, sampleScale: 1 },
    ],
    [
      'PREPROC_MEAN_STD',
      /natural logarithms, the deployed ones logarithms to the base of 10/,
      torchaudio,
      { ...torchaudio, log: { ...natural, kind: 'log10' } },
    ],
    [
      'PREPROC_MEAN_STD',
      /natural logarithms, the deployed ones decibels/,
      torchaudio,
      { ...torchaudio, log: { ...natural, kind: 'decibel' } },
    ],
    ['PREPROC_MEAN_STD', /taken from the golden features, and not/, { ...kaldi, subtractMean: true }, kaldi],
    [
      'PREPROC_MEAN_STD',
      /taken from the deployed features, and not/,
      kaldi,
      { ...kaldi, subtractMean: true },
    ],
    ['PREPROC_MEAN_STD', /taken from the golden features, and not/, ecapa, { ...ecapa, subtractMean: false }],
    [
      'PREPROC_MEAN_STD',
      /another mean for each mel, or filters of other areas/,
      kaldi,
      { ...kaldi, melNorm: 'slaney' },
    ],
    ['PREPROC_TRANSPOSED', /lie as mels-frames/, kaldi, { ...kaldi, layout: 'mels-frames' }],
  ]
  for (const seed of seeds) {
    for (const [code, words, golden, deployed] of cases) {
      const { causes, missing } = diagnose(features(seed, golden), features(seed, deployed))
      t.same(
        causes.map((cause) => cause.code),
        [code],
        `${seed}: ${words}`,
      )
      t.match(causes[0]?.message, words)
      t.same(missing, [])
    }
  }
})

t.test('memory of the other layout under the right shape', async (t) => {
  const golden = features(1, kaldi)
  const exchanged = features(1, { ...kaldi, layout: 'mels-frames' })
  const { causes } = diagnose(golden, new Tensor(exchanged.data, golden.shape))
  t.match(causes, [{ code: 'LAYOUT_MISREAD', evidence: { writtenAs: 'mels-frames', readAs: 'frames-mels' } }])
})

t.test('what has no code is said, and nobody is accused', async (t) => {
  const cases: readonly (readonly [RegExp, AudioPreprocessing, AudioPreprocessing])[] = [
    [/without their logarithm/, torchaudio, { ...torchaudio, log: null }],
    [/which have none/, { ...torchaudio, log: null }, torchaudio],
    [/the features are of one sound/, kaldi, { ...kaldi, window: 'hamming' }],
    [/the features are of one sound/, kaldi, { ...kaldi, preemphasis: 0 }],
    [/the features are of one sound/, torchaudio, { ...torchaudio, melScale: 'slaney', melNorm: 'slaney' }],
    [/their mels are of other frequencies/, kaldi, { ...kaldi, fMax: 4000 }],
    [/159, 0.803 as many: another `hopLength`/, kaldi, { ...kaldi, hopLength: 200 }],
    [/200: another rule for the edges/, kaldi, { ...kaldi, edges: 'mirror' }],
    [/frames and mels are exchanged .* 161/, kaldi, torchaudio],
    [/80 mels, the deployed ones 40/, kaldi, { ...kaldi, nMels: 40 }],
  ]
  for (const seed of seeds) {
    for (const [words, golden, deployed] of cases) {
      const { causes, missing } = diagnose(features(seed, golden), features(seed, deployed))
      t.same(causes, [], `${seed}: ${words}`)
      t.match(missing[0], words, `${seed}: ${words}`)
    }
    const golden = features(seed, kaldi)
    const paced = diagnose(golden, inFrames(features(seed, { ...kaldi, hopLength: 128 }), golden.shape[1]!))
    t.match(paced, { causes: [], missing: [/follow each other 0\.80 times as fast/] }, `${seed}: another hop`)
    const padded = diagnose(golden, inFrames(features(seed, { ...kaldi, hopLength: 200 }), golden.shape[1]!))
    t.match(
      padded,
      { causes: [], missing: [/last 39 of 198 .* padding.* 1\.25 times as fast/] },
      `${seed}: padded`,
    )
    const other = diagnose(golden, features(seed + 10, kaldi))
    t.match(other, { causes: [], missing: [/may be of different sounds/] }, `${seed}: another sound`)
  }
})

t.test('nothing is wrong with what agrees', async (t) => {
  const random = seededRandom(5)
  for (const record of [
    kaldi,
    torchaudio,
    ecapa,
    { ...torchaudio, log: { ...natural, kind: 'decibel' } } as const,
  ]) {
    const golden = features(1, record)
    const near = new Tensor(
      float32Values(golden).map((value) => value * (1 + 1e-5 * (random() - 0.5))),
      golden.shape,
    )
    t.same(diagnose(golden, near), { causes: [], rejected: [], missing: [] })
  }
})

t.test('values that are none', async (t) => {
  const golden = features(1, kaldi)
  const broken = Float32Array.from(float32Values(golden))
  broken[7] = Number.NEGATIVE_INFINITY
  t.match(diagnose(golden, new Tensor(broken, golden.shape)).causes, [{ code: 'INPUT_NOT_FINITE' }])
  const zeros = new Tensor(new Float32Array(golden.length), golden.shape)
  t.match(diagnose(golden, zeros).causes, [{ code: 'INPUT_CONSTANT' }])
})

t.test('pictures stay pictures', async (t) => {
  const grey = preprocess(paintedPicture(300, 200, 7), {
    size: { width: 128, height: 80 },
    order: 'GREY',
    fit: 'stretch',
    resampler: 'pillow',
    interpolation: 'bilinear',
    mean: 127,
    std: 128,
  })
  t.notOk(isSound(new Tensor(grey.data, [1, 80, 128])), 'values of 8-bit pixels')
  t.notOk(isSound(grey), 'four dimensions')
  t.ok(isSound(features(1, kaldi)))
  t.notOk(isSound(new Tensor(new Float32Array(3 * 80 * 100), [3, 80, 100])), 'three channels')
})
