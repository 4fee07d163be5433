import { random } from '../../../bench/lib/mutations.mjs'
import { dice } from './dice.mjs'
import { MnnWriter } from './MnnWriter.mjs'
import { readMnnSchema } from './mnnSchema.mjs'
import { NcnnWriter } from './NcnnWriter.mjs'
import { readNcnnLayers } from './ncnnLayers.mjs'

const writers = { ncnn: [NcnnWriter, readNcnnLayers], mnn: [MnnWriter, readMnnSchema] }
/** Layers that are tried for a network, and changes of what ran. */
const mostLayers = 14
const changes = 5

/**
 * A function from a number to the networks that grow out of it, one after another: a layer more at a time, which stays
 * where the network runs with it, and then changes of what has grown. What a network is like depends on what became of
 * those before it, so each is asked for with that: the shapes of outputs, or what an engine had against it.
 */
export async function networksOf(engine, seed) {
  const [Writer, read] = writers[engine]
  const grammar = await read()
  return function* (number) {
    const next = random(seed * 1_000_003 + number)
    // Neighbouring seeds begin alike.
    for (let i = 0; i < 3; i++) next()
    let attempt = 0
    const networks = grown(new Writer(grammar, dice(next)), dice(next))
    for (let grew = networks.next(); !grew.done; )
      grew = networks.next(yield asMutation(grew.value, { number, attempt: attempt++ }))
  }
}

function* grown(writer, { below }) {
  let network = writer.begin()
  const wanted = 1 + below(6)
  let layers = 0
  for (let tries = 0; layers < wanted && tries < mostLayers; tries++) {
    let longer = writer.withLayer(network)
    for (let told = yield longer; ; told = yield longer) {
      if (told.kind === 'ran') {
        network = writer.learn(longer, told.outputs)
        layers++
      }
      const mended = told.kind === 'ran' ? undefined : writer.mend(longer, told.message ?? '')
      if (!mended) break
      longer = mended
    }
  }
  if (layers === 0) return
  for (let i = 0; i < changes; i++) yield writer.changed(network)
}

/** A network as the storm opens it: what is in it, its files, and by which parts it can be reduced. */
function asMutation(network, numbers) {
  const parts = network.parts()
  return {
    ...numbers,
    model: 'grown',
    what: network.said(),
    input: network.input(),
    changed: network.files(parts),
    reduction: { parts, filesOf: (some) => network.files(some), show: (part) => network.show(part) },
  }
}
