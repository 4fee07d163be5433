import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { readNpy, TwinferError } from 'twinfer'
import {
  type AudioPreprocessing,
  audioStages,
  decodeWav,
  dumpStages,
  parseSidecar,
  preprocessAudio,
  type Sound,
} from 'twinfer/preprocess'
import { fixture } from '../../helpers/fixtures.js'
import { seededRandom } from '../../helpers/seededRandom.js'
import { speechRecord, wavOf } from '../../helpers/speech.js'

const kaldi: AudioPreprocessing = { preset: 'kaldi', sampleRate: 16000 }

function noise(length: number, scale = 0.5): Sound {
  const random = seededRandom(3)
  return { samples: Float32Array.from({ length }, () => scale * (2 * random() - 1)), sampleRate: 16000 }
}

t.test('the input that a speaker network was trained on is made from its sound', async (t) => {
  const { data, shape } = await readNpy(join(fixture('tiny-ecapa-tdnn'), 'input.npy'))
  const made = preprocessAudio(await decodeWav(join(fixture('tiny-ecapa-tdnn'), 'speech.wav')), speechRecord)
  t.same(made.shape, shape)
  const golden = data as Float32Array
  const differences = (made.data as Float32Array).map((value, i) => Math.abs(value - golden[i]!))
  const most = Math.max(...differences)
  t.ok(most <= 1e-4, `${most}`)
})

t.test('one channel is taken, and sound of others is refused where none is named', async (t) => {
  const left = noise(2000).samples
  const samples = Float32Array.from({ length: 4000 }, (_, i) =>
    i % 2 === 0 ? left[i >> 1]! : -left[i >> 1]!,
  )
  const stereo: Sound = { samples, sampleRate: 16000, channels: 2 }
  const mono = preprocessAudio({ samples: left, sampleRate: 16000 }, kaldi)
  t.same(preprocessAudio(stereo, { ...kaldi, channel: 0 }).data, mono.data)
  t.same(
    preprocessAudio(stereo, { ...kaldi, channel: 1 }).data,
    mono.data,
    'its negative has the same powers',
  )
  const mixed = preprocessAudio(stereo, { ...kaldi, channel: 'mix', log: null })
  t.ok(
    mixed.data.every((value) => value === 0),
    'which cancel each other',
  )
  const refused = { code: 'TWINFER_AUDIO_UNSUPPORTED' }
  t.throws(() => preprocessAudio(stereo, kaldi), { ...refused, message: /expected one channel, received 2/ })
  t.throws(() => preprocessAudio(stereo, { ...kaldi, channel: 2 }), { ...refused, message: /a channel 2/ })
})

t.test('sound that is not of the record is refused', async (t) => {
  const fails = (sound: unknown, code: string, message: RegExp, record = kaldi) =>
    t.throws(() => preprocessAudio(sound as Sound, record), { code, message })
  const { samples } = noise(2000)
  fails(
    { samples, sampleRate: 8000 },
    'TWINFER_SAMPLE_RATE_MISMATCH',
    /expected 16000 samples a second, received 8000/,
  )
  fails(noise(399), 'TWINFER_LENGTH_MISMATCH', /expected 400 or more for one frame, received 399/)
  fails(
    noise(2000),
    'TWINFER_LENGTH_MISMATCH',
    /expected enough for 30 frames, received 2000, which are 11/,
    {
      ...kaldi,
      frames: { first: 0, count: 30 },
    },
  )
  fails(noise(200), 'TWINFER_LENGTH_MISMATCH', /expected 201 or more/, {
    preset: 'torchaudio',
    sampleRate: 16000,
  })
  const broken = samples.slice()
  broken[17] = Number.NaN
  fails({ samples: broken, sampleRate: 16000 }, 'TWINFER_INVALID_ARGUMENT', /finite.* at 17/)
  fails({ samples: [...samples], sampleRate: 16000 }, 'TWINFER_INVALID_ARGUMENT', /Float32Array/)
  fails({ samples }, 'TWINFER_INVALID_ARGUMENT', /sampleRate/)
  fails({ samples, sampleRate: 16000, channels: 3 }, 'TWINFER_LENGTH_MISMATCH', /a multiple of 3/)
  fails({ samples: new Float32Array(0), sampleRate: 16000 }, 'TWINFER_LENGTH_MISMATCH', /received 0/)
  fails(null, 'TWINFER_INVALID_ARGUMENT', /an object/)
})

t.test('a record that is wrong is refused, by preprocessAudio and in a sidecar', async (t) => {
  const sidecar = (audio: unknown) =>
    JSON.stringify({
      format: 'twinfer-sidecar',
      version: '1.0',
      model: { name: 'm', sha256: '0'.repeat(64), files: [{ name: 'm', bytes: 1, sha256: '0'.repeat(64) }] },
      inputs: { in0: { audio } },
      outputs: {},
      source: { kind: 'options', from: null, given: [] },
    })
  t.same(parseSidecar(sidecar(speechRecord), 's').inputs.in0, { audio: speechRecord })
  const fails = (changes: object, message: RegExp, help = /.*/) => {
    const record = { ...kaldi, ...changes } as AudioPreprocessing
    t.throws(() => preprocessAudio(noise(2000), record), { code: 'TWINFER_INVALID_OPTION', message, help })
    t.throws(() => parseSidecar(sidecar(record), 's'), {
      code: 'TWINFER_SIDECAR_INVALID',
      message: /in0\.audio/,
    })
  }
  fails({ preset: undefined }, /preset: expected 'kaldi', 'librosa'/)
  fails({ preset: 'librose' }, /preset/, /librosa/)
  fails({ sampleRate: 0 }, /sampleRate: expected a finite number that is whole, from 1/)
  fails({ dither: 1 }, /dither: expected 0: noise would make other features each time, received/)
  fails({ fftLength: 256 }, /fftLength: .*from 400/)
  fails({ fftLength: 401 }, /fftLength: expected an even number/)
  fails({ fMax: 9000 }, /fMax: .*at most half the sample rate \(8000\)/)
  fails({ fMin: 8000 }, /fMin/)
  fails({ power: 3 }, /power: expected 1 for magnitudes/)
  fails({ nMel: 40 }, /no field 'nMel'/, /nMels/)
  fails({ window: 'hanning' }, /window: expected 'hann'/)
  fails({ log: { kind: 'natural', floor: 0, floorBy: 'sum' } }, /log\.floor: .*above 0/)
  fails({ log: 'natural' }, /log: expected an object such as/)
  fails({ energy: true }, /energy: expected an object such as/)
  fails({ frames: { first: 0 } }, /frames\.count/)
  fails({ mean: [1, 2] }, /mean: expected 1 or 23 numbers, one for each column/)
  fails({ std: 0 }, /std/)
  t.throws(() => preprocessAudio(noise(2000), null as unknown as AudioPreprocessing), {
    code: 'TWINFER_INVALID_OPTION',
  })
  const both = JSON.parse(sidecar(kaldi))
  both.inputs.in0.image = {}
  for (const input of [both.inputs.in0, {}]) {
    const text = JSON.stringify({ ...both, inputs: { in0: input } })
    t.throws(() => parseSidecar(text, 's'), { code: 'TWINFER_SIDECAR_INVALID', message: /inputs\.in0/ })
  }
})

t.test('every stage has its size, its statistics and its picture', async (t) => {
  const sound = await decodeWav(join(fixture('tiny-ecapa-tdnn'), 'speech.wav'))
  const { tensor, stages } = audioStages(sound, speechRecord)
  t.same(tensor, preprocessAudio(sound, speechRecord))
  t.same(
    stages.map(({ name, frames, columns }) => [name, frames, columns]),
    [
      ['waveform', 22640, 1],
      ['spectrogram', 120, 257],
      ['mel', 120, 60],
      ['log', 120, 60],
      ['features', 120, 60],
    ],
  )
  t.same(
    stages.flatMap(({ warnings }) => warnings),
    [],
  )
  t.ok(Math.abs(stages[4]!.statistics[0]!.mean) < 1e-5, 'the mean of the utterance is gone')
  t.equal(stages[0]!.statistics[0]!.max, Math.max(...sound.samples))
  const folder = join(t.testdir(), 'stages')
  const files = await dumpStages(stages, folder)
  t.same(readdirSync(folder).sort(), [
    '0-waveform.png',
    '1-spectrogram.png',
    '2-mel.png',
    '3-log.png',
    '4-features.png',
    'stages.json',
  ])
  t.match(await sharp(files[1]).metadata(), { width: 120, height: 257 })
  const { data } = await sharp(files[3]).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
  t.same([Math.min(...data), Math.max(...data)], [0, 255], 'from the least to the greatest')
  const described = JSON.parse(readFileSync(files[5]!, 'utf8'))
  t.match(described[1], { name: 'spectrogram', frames: 120, columns: 257, statistics: [{ notFinite: 0 }] })
})

t.test('a tone lies where its frequency is, low frequencies below', async (t) => {
  const samples = Float32Array.from(
    { length: 8000 },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 16000),
  )
  const { stages } = audioStages({ samples, sampleRate: 16000 }, { ...kaldi, window: 'hann' })
  const { width, height, data } = stages[1]!.picture()
  const column = Array.from({ length: height }, (_, y) => data[y * width + 5]!)
  t.equal(height - 1 - column.indexOf(255), 32, 'bin 32 of 512 at 16 kHz')
})

t.test('what is odd is said, at the stage where it is', async (t) => {
  const warnings = (sound: Sound, record: AudioPreprocessing = kaldi) =>
    audioStages(sound, record).stages.flatMap((stage) =>
      stage.warnings.map((text) => `${stage.name}: ${text}`),
    )
  t.match(warnings(noise(3000, 0)), [/^waveform: Every sample is 0: this is silence/])
  t.match(warnings(noise(3000, 9000)), [/^waveform: Samples reach 8\d+.*scaled already/])
  const clipped = noise(3000)
  clipped.samples.fill(1, 0, 100)
  t.match(warnings(clipped), [/^waveform: 3\.3 % of the samples are at their limit/])
  t.match(warnings(noise(3000), { ...kaldi, nMels: 128 }), [/^mel: No FFT bin falls into the mels \d/])
  t.same(warnings(noise(3000)), [])
})

t.test('a .wav of another tool is what its samples are', async (t) => {
  const sound = await decodeWav(
    wavOf(
      Array.from({ length: 800 }, (_, i) => (i * 37) % 2000),
      16000,
    ),
  )
  t.equal(preprocessAudio(sound, kaldi).shape[1], 3)
  t.throws(() => preprocessAudio({ ...sound, sampleRate: 44100 }, kaldi), TwinferError)
})
