import { writeMnn } from './mnnTables.mjs'

/**
 * A network as an .mnn says it, with the inputs and options that it is run with. Operators have tensors by name: what number
 * one has is settled when it is written. It is not changed: `with` makes another one.
 */
export class MnnNetwork {
  schema
  /** { type, name, inputs, outputs, main_type, main, format } */
  operators = []
  /** What the operators behind may read: { name, shape, dtype }. */
  tensors = []
  inputs = []
  options = {}
  /** What the file says of itself: fields of Net. */
  ofFile = {}

  constructor(members) {
    Object.assign(this, members)
  }

  with(members) {
    return new MnnNetwork({ ...this, ...members })
  }

  /** What it can do without: an operator each, and then each of the fields of their parameters. */
  parts() {
    const places = this.operators.map((_, operator) => ({ operator }))
    return [
      ...places.filter(({ operator }) => this.operators[operator].type !== 'Input'),
      ...this.operators.flatMap(({ type, main }, operator) =>
        type === 'Input' ? [] : pathsIn(main).map((field) => ({ operator, field })),
      ),
    ]
  }

  /** Of the operators that are among the parts, and have all that they read. */
  files(parts) {
    const kept = new Set(parts.map(({ operator, field = '' }) => `${operator} ${field}`))
    const numbers = new Map()
    const numbered = (names) =>
      names.map((name) => numbers.get(name) ?? numbers.set(name, numbers.size).get(name))
    const made = new Set()
    const oplists = []
    for (const [i, operator] of this.operators.entries()) {
      const { type, name, inputs, outputs, main_type, main, format } = operator
      if (type !== 'Input' && !kept.has(`${i} `)) continue
      // What was made to read what nobody makes is to stay so.
      if (
        inputs.some((each) => !made.has(each) && this.operators.some((other) => other.outputs.includes(each)))
      )
        continue
      oplists.push({
        ...{ type, name, main_type, defaultDimentionFormat: format },
        ...(main && { main: type === 'Input' ? main : only(main, (field) => kept.has(`${i} ${field}`)) }),
        inputIndexes: numbered(inputs),
        outputIndexes: numbered(outputs),
      })
      for (const each of outputs) made.add(each)
    }
    const tensorName = [...numbers.keys()]
    const net = { oplists, tensorName, tensorNumber: tensorName.length, ...this.ofFile }
    return { 'net.mnn': writeMnn(this.schema, 'Net', net) }
  }

  show({ operator, field }) {
    const { main, ...others } = this.operators[operator]
    return field === undefined
      ? others
      : `${field} of ${others.name}: ${JSON.stringify(at(main, field)).slice(0, 400)}`
  }

  said() {
    return this.operators.map(({ type }) => type).join(' ')
  }

  input() {
    return { options: this.options, inputs: this.inputs }
  }
}

const isTable = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

function pathsIn(table, before = '') {
  return Object.entries(table ?? {}).flatMap(([name, value]) => [
    before + name,
    ...(isTable(value) ? pathsIn(value, `${before}${name}.`) : []),
  ])
}

function only(table, isKept, before = '') {
  const kept = Object.entries(table).filter(([name]) => isKept(before + name))
  return Object.fromEntries(
    kept.map(([name, value]) => [name, isTable(value) ? only(value, isKept, `${before}${name}.`) : value]),
  )
}

const at = (table, path) => path.split('.').reduce((value, name) => value?.[name], table)
