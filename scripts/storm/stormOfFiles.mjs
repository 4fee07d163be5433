import { random } from '../../bench/lib/mutations.mjs'
import { choices, hostileNames, said } from './hostile.mjs'
import { stormOfJson } from './stormOfJson.mjs'
import { stormOfProtobuf } from './stormOfProtobuf.mjs'
import { stormOfZip } from './stormOfZip.mjs'

/**
 * A function from a number to a mutation of one of the samples: what was done, and the files before and after, by name. It
 * is the same for the same samples, seed and number.
 */
export function stormOfFiles(samples, seed) {
  return (number) => {
    const next = random(seed * 1_000_003 + number)
    const { pick } = choices(next)
    const original = pick(samples)
    const [[name, before], ...beside] = Object.entries(original)
    const times = next() < 0.75 ? 1 : 2
    const told = []
    let content = before
    for (let i = 0; i < times; i++) {
      try {
        const changed = stormOf({ name, content }, next)
        told.push(changed.what)
        content = changed.content
      } catch (error) {
        if (i === 0) throw error
        break // the first change left nothing that another could be made of
      }
    }
    return {
      number,
      model: name,
      what: told.join('; '),
      original,
      changed: { [name]: content, ...Object.fromEntries(beside) },
    }
  }
}

/** One change of a file, or of a member of an archive. */
function stormOf({ name, content }, next) {
  if (/\.(twin|npz)$/.test(name)) return stormOfZip(content, stormOf, next)
  if (/\.onnx$/.test(name)) return stormOfProtobuf(content, next)
  if (/\.npy$/.test(name)) return stormOfNpy(content, next)
  const { what, text } = (/\.csv$/.test(name) ? stormOfCsv : stormOfJson)(content.toString(), next)
  return { what, content: Buffer.from(text) }
}

const oddShapes =
  '(2147483648,)|(2147483647, 2147483647)|(4294967296, 4294967296)|(-1, 64)|()|(0,)|(0, 9007199254740993)|(1, 64)|(64, 1, 1, 1)|(1, 1, 1, 8, 8)|[1, 1, 8, 8]|(1.5,)|None|(True,)|64|(1L, 64L)|((1,), 64)|(9007199254740991,)|(16777216, 16)'.split(
    '|',
  )
const oddTypes =
  "'<f2'|'<f8'|'>f4'|'=f4'|'|u1'|'<i8'|'>u8'|'|b1'|'|O'|'<c8'|'<U4'|'|V2'|'f4'|'<f3'|'<f16'|'<M8[s]'|''|'constructor'|'__proto__'|[('a', '<f4')]|None|4".split(
    '|',
  )

function stormOfNpy(content, next) {
  const { pick, below } = choices(next)
  const length = content.readUInt16LE(8)
  const dict = content.toString('latin1', 10, 10 + length)
  const data = content.subarray(10 + length)
  const withDict = (what, text, padded = text) => {
    const header = Buffer.from(`${padded}\n`, 'latin1')
    const size = Buffer.alloc(4)
    size.writeUInt32LE(header.length)
    const long = header.length > 65535
    const start = Buffer.from(`\x93NUMPY${long ? '\x02' : '\x01'}\0`, 'latin1')
    return { what, content: Buffer.concat([start, size.subarray(0, long ? 4 : 2), header, data]) }
  }
  const kind = next()
  if (kind < 0.3) {
    const shape = pick([...oddShapes, `(${'1, '.repeat(below(70))}64)`, `${'('.repeat(10_000)}`])
    return withDict(`shape ${said(shape)}`, dict.replace(/\([^)]*\)/, () => shape).trimEnd())
  }
  if (kind < 0.5) {
    const type = pick(oddTypes)
    return withDict(`descr ${type}`, dict.replace(/'[<>|=]?\w\d'/, () => type).trimEnd())
  }
  if (kind < 0.6) {
    const order = pick(['True', 'True', 'None', '0', "'True'"])
    return withDict(`fortran_order ${order}`, dict.replace(/False|True/, order).trimEnd())
  }
  if (kind < 0.7) {
    const at = below(dict.length)
    const put = pick(['', "'", '(', '}', ',', '\0', '\n', 'L', '9'.repeat(400), pick(hostileNames)])
    return withDict(`header at ${at} ${said(put)}`, dict.slice(0, at) + put + dict.slice(at + below(3)))
  }
  if (kind < 0.75) {
    const count = pick([1000, 65_400, 70_000, 200_000])
    return withDict(`header with ${count} blanks`, dict, dict.trimEnd().padEnd(count))
  }
  const bytes = Buffer.from(content)
  if (kind < 0.85) {
    const at = pick([0, 5, 6, 7, 8, 9])
    bytes[at] = below(256)
    return { what: `byte at ${at} to ${bytes[at]}`, content: bytes }
  }
  if (kind < 0.93) {
    const at = below(bytes.length)
    return { what: `cut at ${at}`, content: bytes.subarray(0, at) }
  }
  if (kind < 0.96) return { what: 'longer', content: Buffer.concat([bytes, Buffer.alloc(below(64) + 1)]) }
  const value = pick([0x7fc00000, 0x7f800000, 0xff800000, 1, 0x7f7fffff])
  for (let at = 10 + length; at + 4 <= bytes.length; at += 4) if (next() < 0.3) bytes.writeUInt32LE(value, at)
  return { what: `values of 0x${value.toString(16)}`, content: bytes }
}

function stormOfCsv(text, next) {
  const { pick, below, name } = choices(next)
  const rows = text.split('\n').map((line) => line.split(','))
  const row = next() < 0.25 ? rows[0] : pick(rows.slice(1))
  const at = below(row.length)
  const kind = next()
  const done = (what) => ({ what, text: rows.map((cells) => cells.join(',')).join('\n') })
  if (kind < 0.55) {
    const value = name()
    // What holds a quote, a comma or a line end is a text in quotes, unless the table is to be damaged.
    const quoted = next() < 0.7 ? `"${value.replaceAll('"', '""')}"` : value
    const what = `cell ${said(row[at])} to ${said(quoted)}`
    row[at] = quoted
    return done(what)
  }
  if (kind < 0.65) {
    row[at] = pick([
      '1e9',
      '-1',
      '999999999',
      '9999999999',
      '1.5',
      'NaN',
      'mask.npy',
      'input.npy',
      'picture.png',
      '0x1',
    ])
    return done(`cell to ${row[at]}`)
  }
  if (kind < 0.73) {
    row.splice(at, pick([0, 1]), ...Array(pick([1, 2, 50_000])).fill(name().slice(0, 100)))
    return done('cells more')
  }
  if (kind < 0.8) {
    const times = pick([10, 1000, 100_000])
    rows.push(...Array(times).fill(row))
    return done(`${times} rows more`)
  }
  if (kind < 0.84) {
    const size = pick([2 ** 20, 2 ** 24, 2 ** 25])
    row[at] = pick(['x', '"', ',', '\n']).repeat(size)
    return done(`${size} times '${row[at][0]}'`)
  }
  const place = below(text.length)
  const put = pick(['"', ',', '\n', '\r', '\0', '\ufeff', '""', '\u001b[2J', '\ud800'])
  return {
    what: `text at ${place}: ${said(put)}`,
    text: text.slice(0, place) + put + text.slice(place + below(3)),
  }
}
