import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeWav } from 'twinfer/preprocess'
import { fixture } from '../../helpers/fixtures.js'
import { wavOf } from '../../helpers/speech.js'

t.test('samples are from -1 to 1, channels interleaved, from a path or from bytes', async (t) => {
  const { samples, sampleRate, channels } = await decodeWav(wavOf([-32768, 16384, 1, 0], 8000, 2))
  t.same([...samples], [-1, 0.5, 1 / 32768, 0])
  t.same([sampleRate, channels], [8000, 2])
  const speech = await decodeWav(join(fixture('tiny-ecapa-tdnn'), 'speech.wav'))
  t.same([speech.samples.length, speech.sampleRate, speech.channels], [22640, 16000, 1])
})

t.test('what is no sound says what was expected and what was received', async (t) => {
  const sound = wavOf([1, 2, 3, 4], 8000)
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(sound)
    bytes.writeUInt16LE(value, at)
    return bytes
  }
  const invalid = (bytes: Uint8Array, message: RegExp) =>
    t.rejects(decodeWav(bytes), { code: 'TWINFER_AUDIO_INVALID', message, help: /\w/ })
  await invalid(new Uint8Array(0), /the first bytes: expected 'RIFF' and 'WAVE'/)
  await invalid(readFileSync(join(fixture('tiny-ecapa-tdnn'), 'input.npy')), /'RIFF'/)
  await invalid(sound.subarray(0, 50), /the chunk 'data': expected 8 bytes, received 6/)
  await invalid(sound.subarray(0, 36), /the file: expected a chunk 'data', received none/)
  await invalid(sound.subarray(0, 20), /the chunk 'fmt ': expected 16 bytes, received 0/)
  await invalid(changed(22, 0), /channels: expected 1 or more, received 0/)
  await invalid(changed(32, 3), /the bytes of a frame: expected 2, received 3/)
  await invalid(changed(40, 7), /a multiple of 2 bytes, received 7/)
  await invalid(changed(40, 0), /the chunk 'data': expected samples, received none/)
  const unsupported = (bytes: Uint8Array, message: RegExp) =>
    t.rejects(decodeWav(bytes), { code: 'TWINFER_AUDIO_UNSUPPORTED', message, help: /16 bit/ })
  await unsupported(changed(20, 7), /received 16 bits of the format 7/)
  await unsupported(changed(34, 8), /expected 16, 24 or 32 bit PCM or 32 bit floats, received 8 bits/)
  const folder = t.testdir()
  writeFileSync(join(folder, 'speech.wav'), sound.subarray(0, 45))
  await t.rejects(decodeWav(join(folder, 'speech.wav')), { message: /speech\.wav: the chunk 'data'/ })
  await t.rejects(decodeWav(join(folder, 'speach.wav')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /speech\.wav/,
  })
  await t.rejects(decodeWav(folder), { code: 'TWINFER_FILE_UNREADABLE' })
  await t.rejects(decodeWav(7 as unknown as string), { code: 'TWINFER_INVALID_ARGUMENT' })
})
