import { breakingNumbers, product } from './dice.mjs'
import { MnnNetwork } from './MnnNetwork.mjs'
import { constantsFor, outputCounts } from './mnnNeeds.mjs'
import { firstConstant, rankFor, settle } from './mnnSettle.mjs'
import { anyNumber, blobOf, tableOf } from './mnnValues.mjs'

const mostOfInput = 20_000
const mostOfTensor = 1 << 20
/** What files are made of: networks have as many of them as they need, and they compute nothing. */
const notLayers = /^(Input|Const|TrainableParam)$/
const fills = ['even', 'even', 'index', 'odd']
const layouts = ['NCHW', 'NCHW', 'NHWC', 'NC4HW4']

/** Writes networks for MNN, an operator after another, out of all operators and tables of its schema. */
export class MnnWriter {
  #schema
  #types
  #dice

  constructor(schema, dice) {
    this.#schema = schema
    this.#types = Object.keys(schema.operators).filter((type) => !notLayers.test(type))
    this.#dice = dice
  }

  begin() {
    const { pick, chance } = this.#dice
    const ofFile = { sourceType: pick(['ONNX', 'TENSORFLOW', 'CAFFE', 'TORCH', 'TFLITE']) }
    let network = new MnnNetwork({ schema: this.#schema, options: this.#options(), ofFile })
    for (let i = pick([1, 1, 2, 2, 3]); i > 0; i--) {
      const twin = network.inputs.length > 0 && chance(0.3) ? pick(network.inputs) : undefined
      network = this.#withInput(network, twin?.shape ?? this.#shape())
    }
    return network
  }

  withLayer(network) {
    const { pick, chance, list, below } = this.#dice
    // Those that are without a rule are refused, and have to be.
    const type = chance(0.02) ? pick(Object.keys(this.#schema.enums.OpType)) : pick(this.#types)
    const {
      inputs: fewest,
      parameters,
      mayLack,
    } = this.#schema.operators[type] ?? { inputs: 1, parameters: [], mayLack: true }
    let longer = chance(0.1) ? network.with({ options: this.#options() }) : network
    const isCalm = chance(0.75)
    let first = this.#tensorFor(longer, isCalm ? type : '')
    if (!first) {
      const shape = list(rankFor(type), () => 1 + below(8))
      longer = this.#withInput(longer, type === 'Det' ? [shape[0], shape[0]] : shape)
      first = longer.tensors.at(-1)
    }
    const constant = isCalm ? firstConstant(type, this.#dice) : undefined
    if (constant) {
      longer = this.#withConstant(longer, blobOf([], this.#dice, constant))
      first = { name: longer.operators.at(-1).outputs[0], shape: constant.dims }
    }
    const fitting = constantsFor(type, first.shape, this.#dice)
    const count =
      Math.max(fewest, chance(0.7) && fitting ? 1 + fitting.length : 0) + (chance(0.2) ? below(3) : 0)
    const read = list(chance(0.03) ? below(5) : count, (i) => {
      if (i === 0) return first.name
      const isMade = chance(fitting?.[i - 1] ? (isCalm ? 0.95 : 0.6) : 0.4)
      if (!isMade) return pick(longer.tensors).name
      const blob = blobOf(first.shape, this.#dice, fitting?.[i - 1])
      longer = this.#withConstant(longer, blob)
      return longer.operators.at(-1).outputs[0]
    })
    const name = `${type}${longer.operators.length}`
    const outputs = list(type in outputCounts ? 1 + below(outputCounts[type]) : 1, (i) => `${name}_${i}`)
    const needed = type === 'Flatten' ? ['Flatten'] : parameters
    const main_type =
      needed.length > 0 && !(mayLack && chance(0.4)) ? needed[isCalm ? 0 : below(needed.length)] : 'NONE'
    const main = main_type === 'NONE' ? undefined : tableOf(main_type, this.#schema, first.shape, this.#dice)
    if (main && isCalm) settle(type, main, first.shape, this.#dice)
    const format = pick(['NCHW', 'NHWC'])
    return longer.with({
      operators: [...longer.operators, { type, name, inputs: read, outputs, main_type, main, format }],
    })
  }

  /** What ran stays, and what it made is there for the operators behind. */
  learn(network, outputs) {
    const known = new Set(network.tensors.map(({ name }) => name))
    const made = network.operators
      .flatMap((operator) => operator.outputs)
      .filter((name) => !known.has(name) && outputs[name])
      .map((name) => ({ name, shape: outputs[name].shape }))
      .filter(({ shape }) => product(shape) > 0 && product(shape) < mostOfTensor)
    return network.with({ tensors: [...network.tensors, ...made] })
  }

  mend() {
    return undefined
  }

  /** A network with another field, type, input or shape than it grew with. */
  changed(network) {
    const { pick, next, chance, below } = this.#dice
    const kind = next()
    const likely = network.operators.flatMap(({ type }, i) => (type !== 'Const' || chance(0.3) ? [i] : []))
    const at = pick(likely)
    const operator = network.operators[at]
    const replaced = (change) =>
      network.with({ operators: network.operators.with(at, { ...operator, ...change }) })
    if (kind < 0.3 && operator.main) return replaced({ main: this.#otherTable(operator.main) })
    if (kind < 0.4 && operator.main && operator.type !== 'Input')
      return replaced({
        main: tableOf(operator.main_type, this.#schema, pick(network.tensors).shape, this.#dice),
      })
    if (kind < 0.47 && operator.type !== 'Input') return replaced({ type: pick(this.#types) })
    if (kind < 0.6 && operator.inputs.length > 0)
      return replaced({
        inputs: operator.inputs.with(below(operator.inputs.length), pick(network.tensors).name),
      })
    if (kind < 0.65) return replaced({ format: pick(layouts) })
    if (kind < 0.7) {
      const said = chance(0.8) ? { outputName: [pick(network.tensors).name] } : { usage: 'INFERENCE_STATIC' }
      return network.with({ ofFile: { ...network.ofFile, ...said } })
    }
    if (kind < 0.8) return network.with({ options: this.#options() })
    const inputs = network.inputs.map((input) => {
      if (!chance(0.7) || input.shape.length === 0) return { ...input, fill: pick(fills) }
      const shape = chance(0.8)
        ? input.shape.with(below(input.shape.length), pick([0, 1, 2, 3, 7, 12]))
        : this.#shape()
      return product(shape) > mostOfInput ? input : { ...input, shape }
    })
    return network.with({ inputs })
  }

  /** One number of it, or what stands below it, is another. */
  #otherTable(table) {
    const { pick, chance, below } = this.#dice
    const names = Object.keys(table)
    if (names.length === 0) return table
    const name = pick(names)
    const value = table[name]
    const other = (old) => {
      if (typeof old === 'number')
        return Number.isInteger(old)
          ? pick([anyNumber(this.#dice), pick(breakingNumbers), old + 1])
          : old * -1e9
      if (typeof old === 'boolean') return !old
      if (Array.isArray(old)) {
        if (old.length === 0 || chance(0.3)) return chance(0.5) ? old.slice(1) : [...old, ...old.slice(0, 1)]
        const i = below(old.length)
        return old.with(i, other(old[i]))
      }
      return typeof old === 'object' ? this.#otherTable(old) : old
    }
    return { ...table, [name]: other(value) }
  }

  /** Rather one that was made last; for a type that wants so many dimensions, one that has them, if there is any. */
  #tensorFor({ tensors }, type) {
    const { pick, chance } = this.#dice
    const rank = rankFor(type)
    const fitting = rank && chance(0.9) ? tensors.filter(({ shape }) => shape.length === rank) : tensors
    return fitting.length > 0 ? pick(chance(0.6) ? fitting.slice(-2) : fitting) : undefined
  }

  #shape() {
    const { pick, list, below } = this.#dice
    const shape = list(pick([0, 1, 2, 3, 4, 4, 4, 4, 5, 6]), () => pick([1, 2, 3, 4, 8, 1 + below(16)]))
    return product(shape) > mostOfInput ? shape.slice(0, 2) : shape
  }

  #withInput(network, shape) {
    const { pick, below, chance } = this.#dice
    const name = `in${network.inputs.length}`
    const dims = chance(0.1) ? shape.map((size) => (chance(0.3) ? -1 : size)) : shape
    const dtype = pick(['DT_FLOAT', 'DT_FLOAT', 'DT_FLOAT', 'DT_FLOAT', 'DT_INT32', 'DT_UINT8', 'DT_INT8'])
    const operator = {
      ...{
        type: 'Input',
        name,
        inputs: [],
        outputs: [name],
        main_type: 'Input',
        format: pick(['NCHW', 'NHWC']),
      },
      main: { dims, dtype: chance(0.9) ? pick(['DT_FLOAT', dtype]) : dtype, dformat: pick(layouts) },
    }
    return network.with({
      operators: [...network.operators, operator],
      inputs: [...network.inputs, { name, shape, fill: pick(fills), seed: below(1000) }],
      tensors: [...network.tensors, { name, shape }],
    })
  }

  #withConstant(network, main) {
    const name = `c${network.operators.length}`
    const operator = {
      type: 'Const',
      name,
      inputs: [],
      outputs: [name],
      main_type: 'Blob',
      main,
      format: 'NHWC',
    }
    return network.with({ operators: [...network.operators, operator] })
  }

  #options() {
    const { pick, chance } = this.#dice
    const engineOptions = chance(0.2) ? { memory: pick(['normal', 'high', 'low']) } : {}
    return {
      precision: pick(['default', 'fp32', 'fp16', 'bf16', 'int8']),
      threads: pick([1, 1, 2]),
      engineOptions,
    }
  }
}
