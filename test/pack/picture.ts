// The whole way from the picture: packs that hold its pixels, and verdicts on what is made of them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Pack, record, verify } from 'twinfer/pack'
import { digitsPicture, digitsPixels, digitsRecord, digitsWithSidecar } from '../helpers/digits.js'
import { changeManifest, digits, digitsInput } from '../helpers/packs.js'

t.setTimeout(300_000)

/** A pack of the digits network, recorded from a picture. */
async function recorded(folder: string, name = 'model.ncnn.param'): Promise<string> {
  const file = join(folder, 'golden.twin')
  await record(await digitsWithSidecar(folder, name), { file, image: await digitsPixels() })
  return file
}

t.test('a pack of a picture has its pixels, its record, and the input that they are', async (t) => {
  const pack = await Pack.open(await recorded(t.testdir()))
  t.teardown(() => pack.close())
  const { images, sidecar, inputs, version } = pack.manifest
  t.equal(version, '1.2')
  t.same(images, [
    {
      input: 'in0',
      width: 8,
      height: 8,
      channels: 1,
      order: 'RGB',
      orientation: 1,
      member: 'images/in0.npy',
    },
  ])
  t.same(sidecar?.inputs.in0?.image, digitsRecord)
  t.equal(sidecar?.model.sha256, pack.manifest.recorded.model.sha256)
  const pixels = await pack.read({
    member: 'images/in0.npy',
    shape: [8, 8, 1],
    dtype: 'uint8',
    layout: 'NCHW',
  })
  t.same(pixels.data, (await digitsPixels()).data)
  t.same((await pack.readAll(inputs)).in0?.data, (await digitsInput()).data)
})

t.test('rows with something between them are stored without it', async (t) => {
  const { data, width, height, channels } = await digitsPixels()
  const wide = new Uint8Array(8 * 11).fill(255)
  for (let y = 0; y < height; y++) wide.set(data.subarray(y * 8, y * 8 + 8), y * 11)
  const file = join(t.testdir(), 'a.twin')
  const model = await digitsWithSidecar(t.testdirName)
  await record(model, {
    file,
    image: { in0: { data: wide, width, height, channels, stride: 11, orientation: 1 } },
  })
  t.match(await verify(file, model), { pass: true, picture: { inputs: [{ name: 'in0', sqnrDb: 400 }] } })
})

t.test('verify makes the input again: by the record in the pack where the model has none', async (t) => {
  const pack = await recorded(t.testdir())
  for (const model of ['model.mnn', 'model.onnx', 'model.ncnn.param']) {
    const { pass, picture, verdict } = await verify(pack, digits(model))
    t.ok(pass, `${model}: ${verdict.reason}`)
    t.match(picture, { by: 'pack', differences: [], inputs: [{ sqnrDb: 400 }], verdict: { pass: true } })
  }
})

t.test("by the model's own record where it has one, and says in which fields that differs", async (t) => {
  const pack = await recorded(t.testdir())
  const model = await digitsWithSidecar(
    t.testdirName,
    'model.mnn',
    {},
    { mean: 0.5, std: 0.5, fit: 'crop', cropPct: 0.5 },
  )
  const { pass, verdict, picture } = await verify(pack, model)
  t.notOk(pass)
  t.equal(verdict.inconclusive, undefined)
  t.match(verdict.reason, /made of the picture is not the recorded one .*differs in fit, .*mean, std/)
  t.match(picture, { by: 'model', verdict: { pass: false } })
  t.match(
    picture?.differences.filter(({ field }) => field === 'mean'),
    [{ input: 'in0', recorded: [0], own: [0.5] }],
  )
  const same = await digitsWithSidecar(t.testdir({}), 'model.mnn', {}, { mean: [0], exif: true })
  await recorded(t.testdirName)
  t.match(await verify(join(t.testdirName, 'golden.twin'), same), {
    pass: true,
    picture: { by: 'model', differences: [] },
  })
})

t.test('that the sidecar of the model is of other files is a notice', async (t) => {
  const pack = await recorded(t.testdir())
  const model = join(t.testdirName, 'model.ncnn.param')
  writeFileSync(model, `${readFileSync(model, 'utf8')}\n`)
  const { pass, notices } = await verify(pack, model)
  t.ok(pass)
  t.match(
    notices.filter(({ code }) => code === 'sidecar-differs'),
    [{ severity: 'warning', message: /made for other files/ }],
  )
})

t.test('tensors alone make a pack without pictures, which carries the sidecar all the same', async (t) => {
  const model = await digitsWithSidecar(t.testdir())
  const file = join(t.testdirName, 'a.twin')
  const manifest = await record(model, { file, inputs: await digitsInput() })
  t.same(manifest.images, [])
  t.same(manifest.sidecar?.inputs.in0?.image, digitsRecord)
  t.equal((await verify(file, model)).picture, undefined)
  const bare = await record(digits('model.mnn'), { file, inputs: await digitsInput() })
  t.equal(bare.sidecar, null)
})

t.test('a picture without a record is refused, and so is none at all', async (t) => {
  const file = join(t.testdir(), 'a.twin')
  await t.rejects(record(digits('model.mnn'), { file, image: await digitsPixels() }), {
    code: 'TWINFER_SIDECAR_MISSING',
  })
  await t.rejects(record(digits('model.mnn'), { file }), { code: 'TWINFER_MISSING_INPUT' })
  const model = await digitsWithSidecar(t.testdirName, 'model.onnx')
  await record(model, { file, image: await digitsPicture(join(t.testdirName, 'two.png')) })
  t.match(
    await verify(file, digits('model.mnn')),
    { pass: true, picture: { by: 'pack' } },
    'recorded from an .onnx',
  )
})

t.test('packs of earlier versions are read as they were', async (t) => {
  const pack = await recorded(t.testdir())
  await changeManifest(pack, (manifest) => {
    manifest.version = '1.1'
    delete manifest.images
    delete manifest.sidecar
  })
  const verdict = await verify(pack, digits('model.mnn'))
  t.ok(verdict.pass)
  t.equal(verdict.picture, undefined)
})

t.test('pictures of strangers are checked like the rest', async (t) => {
  // biome-ignore lint/suspicious/noExplicitAny: any part of it may be replaced by anything
  const faults: readonly (readonly [(manifest: any) => void, RegExp])[] = [
    [(m) => (m.images[0].channels = 5), /images\[0\]\.channels: expected a number from 1 to 4/],
    [(m) => (m.images[0].width = 0), /images\[0\]\.width/],
    [(m) => (m.images[0].orientation = 9), /images\[0\]\.orientation/],
    [(m) => (m.images[0].member = 'images/no.npy'), /images\/no\.npy, which is not in the pack/],
    [(m) => (m.images[0].input = 'other'), /expected a record in sidecar\.inputs for 'other'/],
    [(m) => (m.sidecar = null), /expected a record in sidecar\.inputs for 'in0'/],
    [(m) => (m.sidecar.inputs.in0.image.fit = 'x'), /sidecar.*fit: expected one of stretch/],
    [(m) => (m.sidecar.version = '7.0'), /sidecar.*version 1\.0/],
  ]
  for (const [change, message] of faults) {
    const pack = await recorded(t.testdir())
    await changeManifest(pack, change)
    await t.rejects(Pack.open(pack), { code: 'TWINFER_PACK_INVALID', message }, String(message))
  }
  const pack = await recorded(t.testdir())
  await changeManifest(pack, (manifest) => {
    manifest.images[0].width = 4
  })
  await t.rejects(verify(pack, digits('model.mnn')), {
    code: 'TWINFER_PACK_INVALID',
    message: /images\/in0\.npy/,
  })
})
