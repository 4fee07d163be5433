import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectRoot } from '../engines/paths.mjs'

/** By the name of the target: how long its inputs become, the seeds that they are made of, and words that help. */
export const targets = {
  content: {
    longest: 512,
    seeds: () => fixtures(/./, 1 << 20).map((file) => readFileSync(file).subarray(0, 512)),
  },
  // Hundreds of layers say no more than a few, and take their time.
  ncnn: { longest: 4096, seeds: ncnnSeeds, words: ncnnWords },
  ncnn_layers: { longest: 1024, seeds: () => [] },
  mnn: { longest: 65536, seeds: () => fixtures(/\.mnn$/, 65536).map((file) => readFileSync(file)) },
  mnn_tables: { longest: 4096, seeds: () => [] },
}

/** The files below test/fixtures with such a name that are not larger than that. */
function fixtures(name, largest) {
  const root = join(projectRoot, 'test/fixtures')
  return readdirSync(root, { recursive: true })
    .map((file) => join(root, file))
    .filter((file) => name.test(basename(file)) && statSync(file).isFile() && statSync(file).size <= largest)
}

function ncnnSeeds() {
  const files = fixtures(/\.param(\.bin)?$/, 4000).map((file) =>
    withWeights(readFileSync(file), binBeside(file)),
  )
  const layers = layerTypes().flatMap((type, index) => [
    ...[textOf(type, 1, ''), textOf(type, 2, ''), textOf(type, 1, '0=2 1=3 2=1 6=54'), binaryOf(index)],
  ])
  return [...files, ...layers.map((param) => withWeights(param))]
}

function layerTypes() {
  const source = readFileSync(join(projectRoot, 'cpp/format/ncnn/layer_types.cpp'), 'utf8')
  return [...source.matchAll(/TWINFER_LAYER\((\w+)\)(?! \{)/g)].map(([, type]) => type)
}

/** A network of one layer behind its inputs. */
function textOf(type, inputs, params) {
  const names = ['a', 'b'].slice(0, inputs)
  const before = names.map((name) => `Input ${name} 0 1 ${name} 0=9 1=8 2=3\n`).join('')
  const layer = `${type} l ${inputs} 1 ${names.join(' ')} out ${params}\n`
  return Buffer.from(`7767517\n${inputs + 1} ${inputs + 1}\n${before}${layer}`)
}

function binaryOf(typeIndex) {
  const input = [16, 0, 1, 0, 0, 9, 1, 8, 2, 3, -233]
  const layer = [typeIndex, 1, 1, 0, 1, 0, 2, 1, 3, 2, 1, 6, 54, -233]
  return Buffer.from(Int32Array.of(7767517, 2, 2, ...input, ...layer).buffer)
}

function binBeside(param) {
  const file = param.replace(/\.param(\.bin)?$/, '.bin')
  return existsSync(file) ? readFileSync(file) : Buffer.alloc(224)
}

/** With a .bin of the size of this one, which is its first word over and over: see cpp/test/fuzz/ncnn_fuzz.cpp. */
function withWeights(param, weights = Buffer.alloc(224)) {
  const tail = Buffer.alloc(8)
  weights.copy(tail, 0, 0, 4)
  tail.writeUIntLE(weights.length, 4, 3)
  tail[7] = 1
  return Buffer.concat([param, tail])
}

/** What mutations hardly find by themselves. */
function ncnnWords() {
  const ids = Array.from({ length: 36 }, (_, id) => [` ${id}=`, ` ${-23300 - id}=`]).flat()
  const inExpressions = ['0w', '1h', '0d', '0c', '*(', '/(', 'floor(', 'min(', '"']
  return [...layerTypes().map((type) => `\n${type} l 1 1 a b `), ...ids, ...inExpressions, '7767517\n']
}
