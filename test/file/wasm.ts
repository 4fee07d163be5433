import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { MnnReport } from '../../dist/file/MnnReport.js'
import { formatOfWasm } from '../../dist/native/formatReader.js'
import { native } from '../../dist/native/native.js'
import { cliJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { projectPath } from '../helpers/projectPath.js'
import { seededRandom } from '../helpers/seededRandom.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

const mutations = 2000
const largest = 4 * 1024 * 1024

/** The same answer of both, to the byte: the same findings, and the same weights in the same places. */
function agreeOnMnn(model: Uint8Array, weightFileBytes = 0): boolean {
  return formatOfWasm.mnn(model, weightFileBytes) === native().format.mnn(model, weightFileBytes)
}

function agree(param: Uint8Array, weights: Buffer | undefined): boolean {
  const word = (offset: number) =>
    weights && offset >= 0 && offset + 4 <= weights.length ? weights.readUInt32LE(offset) : undefined
  const args = [param, weights?.length, word, true] as const
  return formatOfWasm.ncnn(...args) === native().format.ncnn(...args)
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file))
}

function weightsOf(param: string): Buffer | undefined {
  const file = param.replace(/\.param(\.bin)?$/, '.bin')
  return statSync(file, { throwIfNoEntry: false })?.isFile() && file !== param
    ? readFileSync(file)
    : undefined
}

const folders = [fixture(''), sharedModels(), sharedBroken(), projectPath('../shared/cases')]
const files = folders
  .filter((folder) => folder !== undefined && statSync(folder, { throwIfNoEntry: false }) !== undefined)
  .flatMap((folder) => filesUnder(folder!))

t.test('WebAssembly reads every ncnn file as the addon does', (t) => {
  const params = files.filter((file) => /\.param(\.bin)?$/.test(file) && statSync(file).size < largest)
  t.ok(params.length > 3, `${params.length} files`)
  for (const file of params) if (!agree(readFileSync(file), weightsOf(file))) t.fail(file)
  t.end()
})

t.test('and every MNN file', (t) => {
  const models = files.filter((file) => file.endsWith('.mnn'))
  t.ok(models.length > 3, `${models.length} files`)
  for (const file of models) if (!agreeOnMnn(readFileSync(file))) t.fail(file)
  t.end()
})

t.test('and tells every file by its first bytes as the addon does', (t) => {
  const kinds = new Set<string>()
  for (const file of files.filter((file) => statSync(file).isFile())) {
    const start = readFileSync(file).subarray(0, 4096)
    const said = native().format.content(start)
    if (formatOfWasm.content(start) !== said) t.fail(file)
    kinds.add(JSON.parse(said).kind)
  }
  t.ok(kinds.size > 4, [...kinds].join())
  t.end()
})

t.test('and every damaged .mnn', (t) => {
  const random = seededRandom(6)
  const names = ['digits8-cnn/model_w8.mnn', 'tiny-lstm/if.mnn', 'tiny-lstm/model.mnn']
  const bases = names.map((name) => readFileSync(fixture(name)))
  const numbers = [0, 1, -1, 2, 7, 255, 1e6, 2 ** 31 - 1, -(2 ** 31)]
  const below = (count: number) => Math.floor(random() * count)
  let [compared, unsound, broken] = [0, 0, 0]
  for (let round = 0; compared < mutations; round++) {
    const copy = Buffer.from(bases[round % bases.length]!)
    for (let flips = random() * 3; flips >= 0; flips--) {
      const at = below(copy.length >> 2) << 2
      if (round % 2) copy.writeInt32LE(numbers[below(numbers.length)]!, at)
      else copy[at + below(4)] = below(256)
    }
    const model = round % 50 ? copy : copy.subarray(0, below(copy.length))
    const { net, findings } = JSON.parse(native().format.mnn(model)) as MnnReport
    // Whether such a file was cut short is found out in 64 MB, which takes WebAssembly a tenth of a second.
    if (net === null && broken++ % 20) continue
    compared++
    if (findings.all.length > 0) unsound++
    if (!agreeOnMnn(model, below(2) * 1000)) t.fail(`round ${round}`)
  }
  t.ok(unsound > mutations / 8, `${unsound} of ${compared} were found unsound`)
  t.end()
})

t.test('and every damaged .param and .bin', (t) => {
  const random = seededRandom(5)
  const bases = ['digits8-cnn/model', 'digits8-cnn/model_int8', 'tiny-ecapa-tdnn/model'].map((name) => ({
    param: readFileSync(fixture(`${name}.ncnn.param`)),
    bin: readFileSync(fixture(`${name}.ncnn.bin`)),
  }))
  const signs = Buffer.from(' \n=,.-+"0123456789eE\0\xff', 'latin1')
  const damaged = (bytes: Buffer, sign: () => number) => {
    const copy = Buffer.from(bytes)
    for (let flips = random() * 3; flips >= 0; flips--) copy[Math.floor(random() * copy.length)] = sign()
    const [a, b] = [Math.floor(random() * copy.length), Math.floor(random() * copy.length)]
    const kind = Math.floor(random() * 4)
    if (kind === 0) return copy.subarray(0, a)
    return kind === 1 ? Buffer.concat([copy.subarray(0, a), copy.subarray(b)]) : copy
  }
  for (let round = 0; round < mutations; round++) {
    const { param, bin } = bases[round % bases.length]!
    const inText = round % 4 !== 0
    const text = inText ? damaged(param, () => signs[Math.floor(random() * signs.length)]!) : param
    const weights = inText && round % 2 ? bin : damaged(bin, () => random() * 256)
    if (!agree(text, weights)) t.fail(`round ${round}: ${text.toString('latin1').slice(0, 200)}`)
  }
  t.pass(`${mutations} mutations`)
  t.end()
})

t.test('without an addon, check and inspect say what they always say', (t) => {
  const env = { TWINFER_ADDON: fixture('digits8-cnn/model.mnn') }
  for (const file of ['model.ncnn.param', 'model_w8.mnn'].map((name) => fixture(`digits8-cnn/${name}`))) {
    t.strictSame(cliJson(['inspect', file], { env }).json, cliJson(['inspect', file]).json)
    const { json } = cliJson<{ ok: boolean; findings: readonly { code: string }[] }>(['check', file], { env })
    t.match(json, { ok: true, findings: [{ code: 'not-opened' }] })
  }
  t.end()
})

t.test('sizes of files that no file has are refused', async (t) => {
  const param = readFileSync(fixture('digits8-cnn/model.ncnn.param'))
  const model = readFileSync(fixture('digits8-cnn/model.mnn'))
  for (const size of [-1, Number.NaN, Infinity, 1e300]) {
    const refusal = { code: 'TWINFER_INVALID_ARGUMENT', message: /a number of bytes/ }
    t.throws(() => native().format.ncnn(param, size, () => 0, true), refusal)
    t.throws(() => native().format.mnn(model, size), refusal)
  }
})
