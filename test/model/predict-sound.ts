import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { open, readNpy } from 'twinfer'
import { ModelFile } from 'twinfer/check'
import {
  type AudioPreprocessing,
  decodeWav,
  makeSidecar,
  sidecarPath,
  verifySidecar,
  writeSidecar,
} from 'twinfer/preprocess'
import { fixture } from '../helpers/fixtures.js'
import { speechRecord } from '../helpers/speech.js'

const speech = join(fixture('tiny-ecapa-tdnn'), 'speech.wav')

async function withSidecar(
  t: Test,
  name: string,
  changes: Partial<AudioPreprocessing> = {},
): Promise<string> {
  const folder = t.testdir()
  for (const file of ['model.mnn', 'model.ncnn.param', 'model.ncnn.bin']) {
    copyFileSync(join(fixture('tiny-ecapa-tdnn'), file), join(folder, file))
  }
  const path = join(folder, name)
  const file = await ModelFile.from(path)
  const { inputs, outputs } = await file.summary()
  const digest = await file.digest()
  const audio = { ...speechRecord, ...changes }
  const sidecar = makeSidecar({ name, digest, inputs, outputs }, { given: {}, audio, meaning: 'embedding' })
  t.same(Object.values(sidecar.inputs), [{ audio }], 'the record is kept as it was given')
  t.same(verifySidecar('s', sidecar, { inputs, outputs }, digest), [])
  await writeSidecar(sidecarPath(path), sidecar)
  return path
}

for (const name of ['model.mnn', 'model.ncnn.param']) {
  t.test(`${name}: from a .wav to an embedding`, async (t) => {
    const model = await open(await withSidecar(t, name), { precision: 'fp32' })
    const { data } = await readNpy(join(fixture('tiny-ecapa-tdnn'), 'expected.npy'))
    const given = [speech, readFileSync(speech), await decodeWav(speech)]
    for (const source of [...given, { [model.inputs[0]!.name]: speech }]) {
      const { embedding, warnings } = await model.predict(source)
      t.same(warnings, [])
      t.equal(embedding!.length, 96)
      const most = embedding!.reduce(
        (worst, value, i) => Math.max(worst, Math.abs(value - Number(data[i]))),
        0,
      )
      t.ok(most < 1e-4, `${most}`)
    }
    t.same(model.preprocessing, {}, 'which has the records of pictures')
    const picture = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } as const
    await t.rejects(model.predict(picture), { code: 'TWINFER_INVALID_ARGUMENT', message: /expected sound/ })
    await t.rejects(model.predict(join(fixture('tiny-ecapa-tdnn'), 'input.npy')), {
      code: 'TWINFER_AUDIO_INVALID',
    })
    const samples = new Float32Array(30000)
    await t.rejects(model.predict({ samples, sampleRate: 8000 }), { code: 'TWINFER_SAMPLE_RATE_MISMATCH' })
    await model.dispose()
  })
}

t.test('a record that contradicts the model is refused', async (t) => {
  const inputs = [{ name: 'feats', shape: [1, 60, 120] }]
  const outputs = [{ name: 'embedding', shape: [1, 96] }]
  const digest = { sha256: '0', files: [] }
  const made = (changes: Partial<AudioPreprocessing>) =>
    makeSidecar(
      { name: 'm', digest, inputs, outputs },
      { given: {}, audio: { ...speechRecord, ...changes }, meaning: 'embedding' },
    )
  const contradicts = { code: 'TWINFER_SHAPE_MISMATCH' }
  t.throws(() => made({ nMels: 80 }), { ...contradicts, message: /has 60 mels .*mels-frames, the record 80/ })
  t.throws(() => made({ layout: 'frames-mels' }), { ...contradicts, message: /has 120 mels/ })
  t.throws(() => made({ frames: { first: 0, count: 100 } }), { ...contradicts, message: /has 120 frames/ })
  t.throws(() => made({ preset: undefined } as object), {
    code: 'TWINFER_SIDECAR_INCOMPLETE',
    message: /preset$/,
  })
  t.throws(
    () =>
      makeSidecar({ name: 'm', digest, inputs, outputs }, { given: { order: 'RGB' }, audio: speechRecord }),
    { code: 'TWINFER_INVALID_OPTION', message: /no order in a record of sound/ },
  )
})
