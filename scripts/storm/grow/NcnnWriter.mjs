import { product } from './dice.mjs'
import { NcnnNetwork } from './NcnnNetwork.mjs'
import { companions, inputCounts, rankFor, weightsOf } from './ncnnNeeds.mjs'
import { anySize, breakingValue, valueFor } from './ncnnValues.mjs'

const flags = [
  'winograd_convolution',
  'sgemm_convolution',
  'packing_layout',
  'fp16_packed',
  'fp16_storage',
  'fp16_arithmetic',
]
  .concat([
    'bf16_storage',
    'bf16_packed',
    'winograd23_convolution',
    'winograd43_convolution',
    'winograd63_convolution',
  ])
  .concat(['a53_a55_optimized_kernel', 'local_pool_allocator'])
  .map((name) => `use_${name}`)
  .concat('lightmode')
const precisions = ['default', 'default', 'fp32', 'fp16', 'fp16-storage', 'bf16', 'bf16', 'int8']
const fills = ['even', 'even', 'even', 'index', 'zero', 'odd']
const mostOfInput = 40_000
const mostOfBlob = 1 << 20
/** Parameters that a layer is seldom without. */
const usual =
  /num_output|kernel_w|_size$|channels|n_fft|embed_dim|constant[MNK]|pooled|fixbug|equation|slices|^[whc]$/
/** Those that turn a layer into a rarer one, whose inputs or weights are others. */
const rare = /int8|dynamic|quantize_term|kv_cache|attn_mask|output_elem|pad_mode|impl_type/

/** Writes networks for ncnn, a layer after another, out of all types and parameters that its own code reads. */
export class NcnnWriter {
  #layers
  #types
  #dice

  constructor(layers, dice) {
    this.#layers = layers
    this.#types = Object.keys(layers).filter((type) => type !== 'Input')
    this.#dice = dice
  }

  begin() {
    const { pick, chance, below } = this.#dice
    let network = new NcnnNetwork({ options: this.#options(), bin: this.#bin() })
    for (let i = chance(0.6) ? below(4) : 0; i >= 0; i--) {
      const twin = network.inputs.length > 0 && chance(0.3) ? pick(network.inputs) : undefined
      network = this.#withInput(network, twin?.shape ?? this.#shape())
    }
    return network
  }

  withLayer(network) {
    const { pick, chance, below, list } = this.#dice
    const type = pick(this.#types)
    const isCalm = chance(0.65)
    const [fewest, most] = inputCounts[type] ?? [1, 1]
    const count = chance(0.03) ? below(5) : fewest + (isCalm ? 0 : below(most - fewest + 1))
    let longer = chance(0.1) ? network.with({ options: this.#options() }) : network
    const first = count > 0 ? [this.#blobFor(longer, type)] : []
    if (count > 0 && !first[0]) {
      longer = this.#withInput(
        longer,
        list(rankFor(type), () => anySize(this.#dice)),
      )
      first[0] = longer.blobs.at(-1)
    }
    const parameters = this.#parameters(
      type,
      first.map(({ shape }) => shape),
      isCalm,
    )
    const get = (id, other) =>
      Number.isFinite(Number(parameters.get(id))) ? Number(parameters.get(id)) : other
    const shape = first[0]?.shape ?? [1]
    this.#settleGroups(type, parameters, shape, get)
    const weights = weightsOf(type, shape, get, this.#dice)
    if (weights) parameters.set(weights[0], weights[1] + (chance(0.04) ? pick([1, -1, 4]) : 0))
    const made = companions(type, shape, get, this.#dice)
    const bottoms = list(count, (i) => {
      if (i === 0) return first[0]
      const fitting = made[i - 1]
      const isMade = fitting && product(fitting) < mostOfInput && chance(isCalm ? 0.8 : 0.3)
      if (!isMade) return this.#blobFor(longer, '')
      const like = longer.blobs.filter((blob) => String(blob.shape) === String(fitting))
      if (like.length > 0 && chance(0.7)) return pick(like)
      longer = this.#withInput(longer, fitting)
      return longer.blobs.at(-1)
    })
    const tops = list(this.#outputs(type), (i) => `b${longer.layers.length}_${i}`)
    const name = `l${longer.layers.length}`
    const layer = { type, name, bottoms: bottoms.map((blob) => blob.name), tops, parameters }
    return longer.with({ layers: [...longer.layers, layer] })
  }

  /** What ran stays, and what it made is there for the layers behind. */
  learn(network, outputs) {
    const known = new Set(network.blobs.map(({ name }) => name))
    const made = network.layers
      .flatMap(({ tops }) => tops)
      .filter((name) => !known.has(name) && outputs[name])
      .map((name) => ({ name, shape: outputs[name].shape }))
      .filter(({ shape }) => shape.length > 0 && product(shape) > 0 && product(shape) < mostOfBlob)
    return network.with({ blobs: [...network.blobs, ...made] })
  }

  /** Weights are any numbers, and where a tag is to say how they are stored, so few are one. */
  mend(network, message) {
    const [, place] = /storage tag.* at offset (\d+)/.exec(message) ?? []
    if (place === undefined || Number(place) + 4 > network.bin.length || this.#dice.chance(0.1))
      return undefined
    const bin = Buffer.from(network.bin)
    bin.writeUInt32LE(this.#dice.chance(0.1) ? 0x000d4b38 : 0, Number(place))
    return network.with({ bin })
  }

  /** A network with another parameter, type, input or shape than it grew with. */
  changed(network) {
    const { chance } = this.#dice
    let changed = network
    for (let i = chance(0.7) ? 1 : 2; i > 0; i--) changed = this.#change(changed)
    return chance(0.3) ? changed.with({ options: this.#options() }) : changed
  }

  #change(network) {
    const { pick, next, chance, below } = this.#dice
    const kind = next()
    const at = below(network.layers.length)
    const { type, parameters, bottoms } = network.layers[at]
    const replaced = (change) =>
      network.with({ layers: network.layers.with(at, { ...network.layers[at], ...change }) })
    if (kind < 0.35 && this.#layers[type].length > 0) {
      const parameter = pick(this.#layers[type])
      const shapes = bottoms.map((name) => network.blobs.find((blob) => blob.name === name)?.shape ?? [1])
      const value = chance(0.4)
        ? breakingValue(parameter, this.#dice)
        : valueFor(parameter, type, shapes, this.#dice)
      return replaced({ parameters: new Map(parameters).set(parameter.id, value) })
    }
    if (kind < 0.5 && type !== 'Input')
      return replaced({ type: pick(this.#types), ...(chance(0.5) ? { parameters: new Map() } : {}) })
    if (kind < 0.62 && bottoms.length > 0)
      return replaced({ bottoms: bottoms.with(below(bottoms.length), pick(network.blobs).name) })
    if (kind < 0.66) return network.with({ bin: network.bin.subarray(0, below(4096)) })
    if (kind >= 0.92) return network.with({ options: this.#options() })
    const inputs = network.inputs.map((input) =>
      chance(0.7) ? { ...input, shape: this.#otherShape(input.shape) } : input,
    )
    return network.with({ inputs })
  }

  #otherShape(shape) {
    const { next, pick, below } = this.#dice
    const kind = next()
    const other =
      kind < 0.5
        ? shape.with(below(shape.length), pick([0, 1, 2, 3, 5, anySize(this.#dice), 40]))
        : kind < 0.65
          ? this.#shape()
          : kind < 0.8
            ? [1 + below(3), ...shape]
            : shape.toReversed()
    return product(other) > mostOfInput ? shape : other
  }

  #shape() {
    const { next, list } = this.#dice
    const kind = next()
    const shape = list(kind < 0.2 ? 1 : kind < 0.45 ? 2 : kind < 0.9 ? 3 : 4, () => anySize(this.#dice))
    return product(shape) > mostOfInput ? shape.slice(0, 2) : shape
  }

  /** Behind another, with an Input layer that usually notes its sizes, which ncnn never reads. */
  #withInput(network, shape) {
    const { pick, chance, below } = this.#dice
    const name = `in${network.inputs.length}`
    const [w, h, c, ...more] = shape.toReversed()
    const sizes = more.length > 0 ? [w, h, more[0], c] : [w, h, c]
    const parameters = new Map(
      chance(0.7) ? sizes.flatMap((size, i) => (size ? [[i === 3 ? 11 : i, size]] : [])) : [],
    )
    return network.with({
      layers: [...network.layers, { type: 'Input', name, bottoms: [], tops: [name], parameters }],
      inputs: [...network.inputs, { name, shape, fill: pick(fills), seed: below(1000) }],
      blobs: [...network.blobs, { name, shape }],
    })
  }

  /** Rather one that was made last; for a type that wants so many dimensions, one that has them, if there is any. */
  #blobFor(network, type) {
    const { pick, chance } = this.#dice
    const rank = rankFor(type)
    const fitting =
      rank && chance(0.9) ? network.blobs.filter(({ shape }) => shape.length === rank) : network.blobs
    return fitting.length > 0 ? pick(chance(0.6) ? fitting.slice(-3) : fitting) : undefined
  }

  #parameters(type, shapes, isCalm) {
    const { chance, pick, below } = this.#dice
    const density = pick([0.1, 0.25, 0.4, 0.45])
    const parameters = new Map()
    for (const parameter of this.#layers[type]) {
      const { name, id } = parameter
      if (name === 'weight_data_size') continue
      if (isCalm && rare.test(name)) continue
      if (!chance(usual.test(name) ? 0.93 : density)) continue
      const value = valueFor(parameter, type, shapes, this.#dice)
      const isOdd = isCalm && typeof value === 'number' && (value < 0 || value > 40) && !/axis/.test(name)
      if (!isOdd && !(Array.isArray(value) && value.length === 0)) parameters.set(id, value)
    }
    if (chance(0.06)) parameters.set(31, below(1024))
    return parameters
  }

  #settleGroups(type, parameters, [channels], get) {
    const { chance, pick } = this.#dice
    if (!/DepthWise/.test(type)) return
    if (chance(0.7)) parameters.set(7, pick([channels, channels, 1, 2, 4]))
    if (chance(0.7)) parameters.set(0, get(7, 1) * pick([1, 1, 2, 3]))
  }

  #outputs(type) {
    const { chance, below } = this.#dice
    if (chance(0.02)) return below(4)
    if (/Split|Slice/.test(type)) return 1 + below(4)
    if (/LSTM|SDPA|MultiHead/.test(type) && chance(0.3)) return 3
    return /GRU|RNN|Proposal/.test(type) && chance(0.3) ? 2 : 1
  }

  #options() {
    const { pick, chance } = this.#dice
    const engineOptions = chance(0.3)
      ? Object.fromEntries(flags.filter(() => chance(0.3)).map((flag) => [flag, chance(0.4)]))
      : {}
    return {
      precision: pick(precisions),
      threads: pick([1, 1, 2]),
      engineOptions,
      ...(chance(0.05) ? { lanes: 2 } : {}),
    }
  }

  #bin() {
    const { pick, next, chance } = this.#dice
    const scale = pick([0, 1, 1, 1e20])
    const values = new Float32Array(1 << 16)
    if (scale > 0) for (let i = 0; i < values.length; i++) values[i] = (next() - 0.5) * scale
    const bin = Buffer.from(values.buffer)
    bin.writeUInt32LE(chance(0.15) ? 0x000d4b38 : chance(0.1) ? 0x01306b47 : 0, 0)
    return bin
  }
}
