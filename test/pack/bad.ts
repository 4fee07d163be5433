import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Pack, recordedModel, verify } from 'twinfer/compare'
import { formatNpy } from '../../dist/tensor/npy/writeNpy.js'
import { writeNpz } from '../../dist/tensor/npz/writeNpz.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { changeManifest, changePack, digits, flipBit, recordDigits } from '../helpers/packs.js'
import { patience } from '../helpers/patience.js'

t.setTimeout(patience * 300_000)

let whole: Buffer
t.before(async () => {
  whole = readFileSync(await recordDigits(t.testdir()))
})

/** A copy of one pack to spoil. */
function copy(t: Test): string {
  const file = join(t.testdir(), 'golden.twin')
  writeFileSync(file, whole)
  return file
}

const model = digits('model.ncnn.param')

t.test('a pack cut short anywhere is refused', async (t) => {
  const file = copy(t)
  for (let length = 0; length < whole.length; length += 997) {
    writeFileSync(file, whole.subarray(0, length))
    await t.rejects(Pack.open(file), { code: 'TWINFER_ARCHIVE_INVALID' }, `${length} bytes`)
  }
})

t.test('a member that was tampered with fails its checksum', async (t) => {
  const file = copy(t)
  // In the data of the first member after the manifest, whatever it is packed to.
  flipBit(file, whole.indexOf('inputs/in0.npy') + 100, 0x10)
  await t.rejects(verify(file, model), {
    code: 'TWINFER_ARCHIVE_INVALID',
    message: /inputs\/in0\.npy is damaged/,
  })
})

t.test('no model is opened outside of the folder of the pack and the current one', async (t) => {
  // Not below the current folder, as the folders of tests are.
  const folder = mkdtempSync(join(tmpdir(), 'twinfer-pack-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'packs', 'golden.twin')
  mkdirSync(join(folder, 'packs'))
  writeFileSync(file, whole)
  copyFileSync(digits('model.mnn'), join(folder, 'elsewhere.mnn'))
  copyFileSync(digits('model.mnn'), join(folder, 'packs', 'beside.mnn'))
  const leadTo = (path: string) =>
    changeManifest(file, (manifest) => {
      manifest.recorded.model.path = path
    })
  for (const path of [
    '../elsewhere.mnn',
    join(folder, 'elsewhere.mnn'),
    'x/../../elsewhere.mnn',
    '..',
    'a\0b',
  ]) {
    await leadTo(path)
    await t.rejects(recordedModel(file), { code: 'TWINFER_FILE_NOT_FOUND', help: /Name the model/ }, path)
    await t.rejects(verify(file), { code: 'TWINFER_FILE_NOT_FOUND' }, path)
  }
  const pack = await Pack.open(file)
  const { name } = pack.manifest.recorded.model.files[0]!
  await pack.close()
  const original = join(folder, name)
  copyFileSync(digits(name), original)
  await leadTo(`../${name}`)
  t.equal(await recordedModel(file), original, 'the file that was recorded, wherever it lies')
  const changed = readFileSync(original)
  changed[changed.length - 1]! ^= 1
  writeFileSync(original, changed)
  await t.rejects(recordedModel(file), { code: 'TWINFER_FILE_NOT_FOUND' }, 'one of its name and size')
  await leadTo('./beside.mnn')
  t.equal(await recordedModel(file), join(folder, 'packs', 'beside.mnn'))
})

t.test('a later minor version is read, and what it adds is ignored', async (t) => {
  const file = copy(t)
  await changeManifest(file, (manifest) => {
    manifest.version = '1.7'
    manifest.recorded.mood = 'good'
  })
  t.equal((await verify(file, model)).pass, true)
})

for (const version of ['0.9', '2.0', '17.3']) {
  t.test(`version ${version} is refused before anything else is looked at`, async (t) => {
    const file = copy(t)
    await changeManifest(file, (manifest) => {
      manifest.version = version
      manifest.recorded = null
    })
    const wanted = {
      code: 'TWINFER_PACK_UNSUPPORTED',
      message: `expected a golden pack of version 1.x, received ${version}`,
    }
    await t.rejects(Pack.open(file), wanted)
  })
}

// biome-ignore lint/suspicious/noExplicitAny: any part of a manifest may be replaced by anything
type Change = (manifest: any) => unknown

const wrong: readonly (readonly [what: string, message: RegExp, change: Change])[] = [
  ['no version', /version: expected MAJOR.MINOR, received undefined/, (m) => delete m.version],
  [
    'another format',
    /format: expected twinfer-golden-pack, received string "zoo"/,
    (m) => Object.assign(m, { format: 'zoo' }),
  ],
  ['no outputs', /at least one output/, (m) => Object.assign(m.recorded, { outputs: [] })],
  [
    'an open dimension',
    /recorded\.outputs\[0\]\.shape\[0\]: expected a whole number >= 0, received number -1/,
    (m) => Object.assign(m.recorded.outputs[0], { shape: [-1] }),
  ],
  ['a dtype that is none', /inputs\[0\]\.dtype/, (m) => Object.assign(m.inputs[0], { dtype: 'toString' })],
  [
    'inputs that are no list',
    /inputs: expected a list, received Object/,
    (m) => Object.assign(m, { inputs: {} }),
  ],
  ['a digest that is none', /sha256/, (m) => Object.assign(m.recorded.model, { sha256: 'abc' })],
  [
    'layers of text',
    /layers\[0\]: expected an object, received string/,
    (m) => Object.assign(m, { layers: ['conv'] }),
  ],
  [
    'a member that is not there',
    /names outputs\/gone\.npy, which is not in the pack/,
    (m) => Object.assign(m.recorded.outputs[0], { member: 'outputs/gone.npy' }),
  ],
  [
    'a member outside the pack',
    /names \.\.\/\.\.\/etc\/passwd, which is not in the pack/,
    (m) => Object.assign(m.inputs[0], { member: '../../etc/passwd' }),
  ],
]

for (const [what, message, change] of wrong) {
  t.test(`a manifest with ${what} is refused with the place`, async (t) => {
    const file = copy(t)
    await changeManifest(file, change)
    await t.rejects(Pack.open(file), { code: 'TWINFER_PACK_INVALID', message })
  })
}

t.test('a member that holds another tensor than the manifest says is refused', async (t) => {
  const file = copy(t)
  await changePack(file, (name, content) =>
    name === 'outputs/out0.npy' ? formatNpy(new Tensor(new Float32Array(12), [12])) : content,
  )
  const message = /outputs\/out0\.npy: expected float32 of shape \[10\], received float32 of shape \[12\]/
  await t.rejects(verify(file, model), { code: 'TWINFER_PACK_INVALID', message })
})

t.test('a pack without its manifest, a manifest that is no JSON and a plain .npz are no packs', async (t) => {
  const file = copy(t)
  await changePack(file, (name, content) => (name === 'manifest.json' ? Buffer.from('{') : content))
  await t.rejects(Pack.open(file), { code: 'TWINFER_PACK_INVALID', message: /not JSON/ })
  await changePack(file, (name, content) => (name === 'manifest.json' ? undefined : content))
  await t.rejects(Pack.open(file), { code: 'TWINFER_PACK_INVALID', message: /no manifest\.json/ })
  await writeNpz(file, { a: new Tensor(Float32Array.of(1), [1]) })
  await t.rejects(Pack.open(file), { code: 'TWINFER_PACK_INVALID', help: /twinfer record/ })
})

t.test('names of a pack reach no prototype', async (t) => {
  const file = copy(t)
  await changePack(file, (name, content) => {
    if (name !== 'manifest.json') return content
    const text = content.toString()
    return Buffer.from(
      text
        .replaceAll('"name": "out0"', '"name": "__proto__"')
        .replace('"options": {', '"options": { "__proto__": "polluted", '),
    )
  })
  const pack = await Pack.open(file)
  t.teardown(() => pack.close())
  const { recorded } = pack.manifest
  t.same(Object.keys(await pack.readAll(recorded.outputs)), ['__proto__'])
  t.equal(Object.getPrototypeOf(recorded.effective.options), Object.prototype)
  t.notOk('polluted' in {})
})

t.test('a pack of more than the limits is not read', async (t) => {
  const file = copy(t)
  await t.rejects(Pack.open(file, { members: 3 }), { code: 'TWINFER_LIMIT_EXCEEDED' })
  await t.rejects(verify(file, model, { limits: { bytes: 1000 } }), { code: 'TWINFER_LIMIT_EXCEEDED' })
})
