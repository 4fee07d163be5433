import type { AudioPreprocessing } from 'twinfer/preprocess'

/** What test/fixtures/tiny-ecapa-tdnn was trained on: its input.npy is this of its speech.wav. */
export const speechRecord: AudioPreprocessing = {
  preset: 'librosa',
  sampleRate: 16000,
  preemphasis: 0.97,
  frameLength: 400,
  hopLength: 160,
  fftLength: 512,
  edges: 'snip',
  window: 'hamming',
  windowPeriod: 'symmetric',
  windowPlace: 'start',
  frames: { first: 20, count: 120 },
  nMels: 60,
  fMin: 20,
  fMax: 7600,
  log: { kind: 'natural', floor: 1e-6, floorBy: 'sum' },
  subtractMean: true,
}

/** The same as options of `twinfer meta init`. */
export const speechOptions: readonly string[] = Object.entries(speechRecord).flatMap(([name, value]) => {
  if (name === 'preset') return ['--preset', String(value)]
  if (name === 'sampleRate') return ['--sample-rate', String(value)]
  return ['--field', `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`]
})

/** A .wav file of 16-bit integers, interleaved. */
export function wavOf(samples: readonly number[], sampleRate: number, channels = 1): Uint8Array {
  const bytes = Buffer.alloc(44 + 2 * samples.length)
  bytes.write('RIFF')
  bytes.writeUInt32LE(36 + 2 * samples.length, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(sampleRate, 24)
  bytes.writeUInt32LE(2 * channels * sampleRate, 28)
  bytes.writeUInt16LE(2 * channels, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(2 * samples.length, 40)
  samples.forEach((sample, i) => {
    bytes.writeInt16LE(sample, 44 + 2 * i)
  })
  return new Uint8Array(bytes)
}
