import { mutateNcnn } from '../../bench/lib/mutations.mjs'

/**
 * One mutation of a .param's text with its .bin: up to four single changes, an end that is missing, or lines and weights
 * of another model.
 */
export function stormOfNcnn(own, other, next) {
  const kind = next()
  if (kind < 0.6) return changes(own, next)
  if (kind < 0.72) return truncated(own, next)
  return crossed(own, other, next)
}

function changes(own, next) {
  const times = next() < 0.7 ? 1 : 2 + Math.floor(next() * 3)
  const said = []
  let { param, bin } = own
  for (let i = 0; i < times && param.trimEnd().split('\n').length > 2; i++) {
    const changed = mutateNcnn({ param, bin }, next)
    said.push(changed.what)
    param = changed.param
    bin = changed.bin
  }
  return { what: said.join('; '), param, bin }
}

function truncated({ param, bin }, next) {
  if (next() < 0.5) {
    const at = Math.floor(next() * bin.length)
    return { what: `weights cut at ${at}`, param, bin: bin.subarray(0, at) }
  }
  const at = Math.floor(next() * param.length)
  // Where the last line is whole, only the counts say that others are missing; sometimes these agree, too.
  const atLine = next() < 0.5 ? param.lastIndexOf('\n', at) + 1 : at
  const left = param.slice(0, atLine)
  const counted = next() < 0.5 ? left : recounted(left.trimEnd().split('\n'), 0)
  return {
    what: `.param cut at ${atLine}${counted === left ? '' : ', counts of layers set'}`,
    param: counted,
    bin,
  }
}

function crossed(own, other, next) {
  const lines = own.param.trimEnd().split('\n')
  const others = other.param.trimEnd().split('\n').slice(2)
  const count = 1 + Math.floor(next() * 6)
  const from = Math.floor(next() * others.length)
  const at = 2 + Math.floor(next() * (lines.length - 2))
  const kind = next()
  if (kind < 0.35) {
    const layers = others.filter((line) => isLike(line, lines[at]))
    if (layers.length > 0) {
      const layer = layers[Math.floor(next() * layers.length)]
      lines[at] = grafted(lines[at], layer)
      const said = `line ${at + 1} as '${wordsOf(layer)[1]}' of ${other.name}`
      return { what: said, param: `${lines.join('\n')}\n`, bin: own.bin }
    }
  }
  if (kind < 0.6) {
    const chain = others.slice(from).filter((line) => isLike(line, 'A layer 1 1'))
    lines.splice(at, 1, ...chained(chain.slice(0, count), lines[at]))
    // Enough for whatever weights these layers have, though not theirs.
    const bin = next() < 0.5 ? own.bin : Buffer.concat([own.bin, other.bin])
    const said = `${count} layers of ${other.name} from line ${from + 3} on linked before line ${at + 1}`
    return { what: said, param: recounted(lines, count), bin }
  }
  if (kind < 0.75) {
    const taken = others.slice(from, from + count)
    const gone = next() < 0.5 ? 0 : taken.length
    lines.splice(at, gone, ...taken)
    const places = `lines ${from + 3} to ${from + 2 + taken.length} of ${other.name}`
    const said = `${places} ${gone ? 'over' : 'before'} line ${at + 1}`
    return { what: said, param: recounted(lines, count), bin: own.bin }
  }
  if (kind < 0.85) return { what: `weights of ${other.name}`, param: own.param, bin: other.bin }
  const [start, end] = [next(), next()]
    .map((part) => Math.floor(part * other.bin.length))
    .sort((a, b) => a - b)
  const bin = Buffer.from(own.bin)
  const place = Math.floor(next() * bin.length)
  other.bin.copy(bin, place, start, end)
  return { what: `weights ${start} to ${end} of ${other.name} at ${place}`, param: own.param, bin }
}

const wordsOf = (line) => line.trim().split(/\s+/)

/** Whether two layers have as many inputs and outputs as each other. */
function isLike(line, other) {
  const [words, others] = [line, other].map(wordsOf)
  return words[2] === others[2] && words[3] === others[3]
}

/** A layer with its name and blobs, of another layer's type and parameters. */
function grafted(line, other) {
  const [words, others] = [line, other].map(wordsOf)
  const head = 4 + Number(words[2]) + Number(words[3])
  return [others[0], ...words.slice(1, head), ...others.slice(head)].join(' ')
}

/** Layers with one input and one output one behind the other, and then the one whose first input they are to change. */
function chained(layers, line) {
  const words = wordsOf(line)
  if (Number(words[2]) === 0) return [line]
  const chain = layers.map((layer, i) => {
    const [type, name, , , , , ...parameters] = wordsOf(layer)
    const blobs = [i === 0 ? words[4] : `storm${i - 1}`, `storm${i}`]
    return [type, `storm_${name}`, 1, 1, ...blobs, ...parameters].join(' ')
  })
  if (chain.length > 0) words[4] = `storm${chain.length - 1}`
  return [...chain, words.join(' ')]
}

/** The text of lines whose second says how many layers there are, and how many blobs: so many more. */
function recounted(lines, blobs) {
  if (lines.length > 1) {
    const [, before = 0] = lines[1].trim().split(/\s+/)
    lines[1] = `${lines.length - 2} ${Number(before) + blobs}`
  }
  return `${lines.join('\n')}\n`
}
