/**
 * A network as a .param and a .bin say it, with the inputs and options that it is run with. It is not changed: `with` makes
 * another one.
 */
export class NcnnNetwork {
  layers = []
  /** What the layers behind may read: { name, shape }. */
  blobs = []
  inputs = []
  options = {}
  bin

  constructor(members) {
    Object.assign(this, members)
  }

  with(members) {
    return new NcnnNetwork({ ...this, ...members })
  }

  /** What it can do without: a layer each, and then each of the parameters. */
  parts() {
    const places = this.layers.map((_, layer) => ({ layer }))
    return [
      ...places.filter(({ layer }) => this.layers[layer].type !== 'Input'),
      ...this.layers.flatMap(({ parameters }, layer) => [...parameters.keys()].map((id) => ({ layer, id }))),
    ]
  }

  /** Of the layers that are among the parts, and have all that they read. */
  files(parts) {
    const kept = new Set(parts.map(({ layer, id }) => `${layer}${id === undefined ? '' : ` ${id}`}`))
    const made = new Set()
    const lines = []
    for (const [i, layer] of this.layers.entries()) {
      const { type, bottoms, tops } = layer
      if (type !== 'Input' && !kept.has(`${i}`)) continue
      // What was made to read what nobody makes is to stay so.
      if (bottoms.some((name) => !made.has(name) && this.layers.some((other) => other.tops.includes(name))))
        continue
      lines.push(textOf(layer, (id) => kept.has(`${i} ${id}`)))
      for (const name of tops) made.add(name)
    }
    const text = `7767517\n${lines.length} ${made.size}\n${lines.join('\n')}\n`
    return { 'net.param': Buffer.from(text), 'net.bin': this.bin }
  }

  show({ layer, id }) {
    const text = textOf(this.layers[layer], () => true)
    return id === undefined ? text : `${id} of ${text}`
  }

  said() {
    return this.layers.map(({ type }) => type).join(' ')
  }

  input() {
    return { options: this.options, inputs: this.inputs }
  }
}

function textOf({ type, name, bottoms, tops, parameters }, isKept) {
  const words = [...parameters].filter(([id]) => isKept(id)).map(wordOf)
  return [type, name, bottoms.length, tops.length, ...bottoms, ...tops, ...words].join(' ')
}

const wordOf = ([id, value]) =>
  Array.isArray(value) ? `${-23300 - id}=${value.length},${value.join(',')}` : `${id}=${value}`
