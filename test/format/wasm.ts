import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { native } from '../../dist/native/native.js'
import { formatOfWasm } from '../../dist/native/wasm/formatOfWasm.js'
import { cliJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { projectPath } from '../helpers/projectPath.js'
import { seededRandom } from '../helpers/seededRandom.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

const mutations = 2000
const largest = 4 * 1024 * 1024

/** The same answer of both, to the byte. */
function agree(param: Uint8Array, weights: Buffer | undefined): boolean {
  const word = (offset: number) =>
    weights && offset >= 0 && offset + 4 <= weights.length ? weights.readUInt32LE(offset) : undefined
  const args = [param, weights?.length, word] as const
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

t.test('WebAssembly reads every ncnn file as the addon does', (t) => {
  const folders = [fixture(''), sharedModels(), sharedBroken(), projectPath('../shared/cases')]
  const params = folders
    .filter((folder) => folder !== undefined && statSync(folder, { throwIfNoEntry: false }) !== undefined)
    .flatMap((folder) => filesUnder(folder!))
    .filter((file) => /\.param(\.bin)?$/.test(file) && statSync(file).size < largest)
  t.ok(params.length > 3, `${params.length} files`)
  for (const file of params) if (!agree(readFileSync(file), weightsOf(file))) t.fail(file)
  t.end()
})

t.test('and every damaged one', (t) => {
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

t.test('without an addon, check and inspect say of ncnn files what they always say', (t) => {
  const env = { TWINFER_ADDON: fixture('digits8-cnn/model.mnn') }
  const file = fixture('digits8-cnn/model.ncnn.param')
  t.strictSame(cliJson(['inspect', file], { env }).json, cliJson(['inspect', file]).json)
  const { json } = cliJson<{ ok: boolean; findings: readonly { code: string }[] }>(['check', file], { env })
  t.match(json, { ok: true, findings: [{ code: 'not-opened' }] })
  t.end()
})
