import { choices, oddNumbers, said } from './hostile.mjs'

/** One change of a JSON text: a value, a name, the structure, or the text itself. */
export function stormOfJson(text, next) {
  const { pick, below, name } = choices(next)
  const kind = next()
  if (kind < 0.1) return changedText(text, next)
  if (kind < 0.2) return renamedEverywhere(text, next)
  const root = { whole: JSON.parse(text) }
  const places = placesOf(root)
  const place = pick(places)
  const { holder, key, path } = place
  const old = holder[key]
  const done = (what, raw) => ({ what: `${path}: ${what}`, text: textOf(root.whole, raw) })
  if (kind < 0.6) {
    // A field that takes a name or a number has its say only where it gets one.
    const like = next() < 0.6 ? typeof old : pick(['string', 'number', 'other'])
    if (like === 'number' && next() < 0.15) {
      const raw = pick(['1e400', '-1e400', '9'.repeat(400), '1e-400', '12345678901234567890'])
      holder[key] = mark
      return done(`${said(old)} to ${said(raw)}`, raw)
    }
    const values = { number: () => pick([...oddNumbers, Number(old) + 1]), string: name }
    const value = values[like]?.() ?? pick([null, true, false, [], {}, '', 0, [null], [[]], { a: 1 }])
    put(holder, key, value)
    return done(`${said(old)} to ${said(value)}`)
  }
  if (kind < 0.68) {
    const other = pick(places)
    put(holder, key, structuredClone(other.holder[other.key]))
    return done(`as ${other.path}`)
  }
  if (kind < 0.74 && place !== places[0]) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
    return done('left out')
  }
  if (kind < 0.78) {
    const objects = places.filter(({ holder, key }) => isObject(holder[key]))
    const object = pick(objects)
    const field = pick(pathFields)
    const value = name()
    if (object) {
      put(object.holder[object.key], field, value)
      return { what: `${object.path}: with ${field} ${said(value)}`, text: textOf(root.whole) }
    }
  }
  if (kind < 0.84) {
    const keys = places.filter(({ holder, path }) => path !== '$' && !Array.isArray(holder))
    if (keys.length > 0) {
      const renamed = pick(keys)
      const to = next() < 0.8 ? name() : pick(keys).key
      const value = renamed.holder[renamed.key]
      // In its place, because the order of names is that of inputs.
      const entries = Object.entries(renamed.holder)
      for (const [own] of entries) delete renamed.holder[own]
      for (const [own, held] of entries)
        put(renamed.holder, own === renamed.key ? to : own, own === renamed.key ? value : held)
      return { what: `${renamed.path} renamed ${said(to)}`, text: textOf(root.whole) }
    }
  }
  if (kind < 0.9) {
    const lists = places.filter(({ holder, key }) => Array.isArray(holder[key]) && holder[key].length > 0)
    if (lists.length > 0) {
      const list = pick(lists)
      const value = list.holder[list.key]
      const times = pick([1, 2, 100, 5000])
      const more = Array.from({ length: times }, () => value[below(value.length)])
      value.push(...more)
      return { what: `${list.path} with ${times} more`, text: textOf(root.whole) }
    }
  }
  if (kind < 0.95) {
    const depth = pick([10, 1000, 100_000])
    const [open, close] = pick([
      ['[', ']'],
      ['{"a":', '}'],
    ])
    put(holder, key, mark)
    return done(`nested ${depth} deep`, `${open.repeat(depth)}0${close.repeat(depth)}`)
  }
  put(holder, key, [old])
  return done('in a list')
}

/** Fields by which one of these files, or an option of an engine, names another file. */
const pathFields = [
  'path',
  'file',
  'member',
  'labels',
  'weights',
  'sidecar',
  'cacheFile',
  'pipeline_cache',
  'from',
]

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Stands for text that JSON.stringify would not write. */
const mark = '\u0001storm'

function textOf(value, raw) {
  const text = JSON.stringify(value, null, 1)
  return raw === undefined ? text : text.replace(JSON.stringify(mark), () => raw)
}

/** `__proto__` as a name like any other, as JSON.parse reads it. */
function put(holder, key, value) {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Where values stand, the whole first: what holds each, its key there, and its path in words. */
function placesOf(root) {
  const places = []
  const visit = (holder, key, path) => {
    places.push({ holder, key, path })
    const value = holder[key]
    if (typeof value === 'object' && value !== null)
      for (const own of Object.keys(value)) visit(value, own, `${path}.${own}`)
  }
  visit(root, 'whole', '$')
  return places
}

/** One text by another wherever it stands: what refers to something by its name still does. */
function renamedEverywhere(text, next) {
  const { pick, name } = choices(next)
  const old = pick(text.match(/"[^"\\]+"/g) ?? ['""'])
  const to = name()
  return { what: `${old} everywhere ${said(to)}`, text: text.replaceAll(old, () => JSON.stringify(to)) }
}

function changedText(text, next) {
  const { pick, below } = choices(next)
  const at = below(text.length + 1)
  const put = pick(['', '\0', '\ufeff', '{', '[', '"', ',', '\\', '\ud800', '1e999', '/*', '\u001b[2J'])
  const until = Math.min(text.length, at + pick([0, 1, 2, text.length]))
  return { what: `text ${at} to ${until} as ${said(put)}`, text: text.slice(0, at) + put + text.slice(until) }
}
