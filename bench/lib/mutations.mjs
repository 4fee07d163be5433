/** A generator of numbers from 0 to 1 (mulberry32), the same for the same seed. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const oddNumbers = [0, 1, -1, 2, 3, 7, 9, 16, 233, -233, 1000003, 2147483647]
const oddTypes =
  'ReLU Convolution InnerProduct Pooling Split Concat Slice Reshape Softmax BinaryOp Eltwise Permute Crop LSTM Reduction BatchNorm Scale Interp Flatten Padding Gemm MatMul CopyTo Squeeze ExpandDims HardSwish MemoryData ArgMax Yolov3DetectionOutput nn.Custom'.split(
    ' ',
  )

/** One structured change of a .param's text with its .bin: numbers, names, types, lines, counts; sometimes the weights. */
export function mutateNcnn({ param, bin }, next) {
  const pick = (list) => list[Math.floor(next() * list.length)]
  const lines = param.trimEnd().split('\n')
  const weights = Buffer.from(bin)
  const at = 2 + Math.floor(next() * (lines.length - 2))
  const words = lines[at].trim().split(/\s+/)
  const done = (what) => ({ what: `${what}, line ${at + 1}`, param: `${lines.join('\n')}\n`, bin: weights })
  const kind = next()
  if (kind < 0.55) {
    const numbers = words.flatMap((word, i) => (i > 3 && word.includes('=') ? [i] : []))
    if (numbers.length > 0) {
      const i = pick(numbers)
      const [key, value] = words[i].split('=')
      const parts = value.split(',')
      const part = Math.floor(next() * parts.length)
      const old = parts[part]
      const changed = pick([
        ...oddNumbers,
        Number(old) + 1,
        Number(old) - 1,
        Number(old) * 2,
        Number(old) >> 1,
      ])
      const key2 = next() < 0.1 ? String(Math.floor(next() * 32)) : key
      parts[part] = next() < 0.1 ? `${changed}.5` : String(changed)
      words[i] = next() < 0.05 ? `${key2}=` : `${key2}=${parts.join(',')}`
      lines[at] = words.join(' ')
      return done(`${key}=${value} to ${words[i]}`)
    }
  }
  if (kind < 0.62) {
    const numbers = words.flatMap((word, i) => (i > 3 && word.includes('=') ? [i] : []))
    const [gone] = numbers.length > 0 ? words.splice(pick(numbers), 1) : ['nothing']
    lines[at] = words.join(' ')
    return done(`without ${gone}`)
  }
  if (kind < 0.68) {
    const extra = `${Math.floor(next() * 32)}=${pick(oddNumbers)}`
    lines[at] += ` ${extra}`
    return done(`with ${extra}`)
  }
  if (kind < 0.74) {
    const [old] = words
    words[0] = pick([...oddTypes, ...lines.slice(2).map((line) => line.trim().split(/\s+/)[0])])
    lines[at] = words.join(' ')
    return done(`${old} to ${words[0]}`)
  }
  if (kind < 0.82) {
    const blobs = Number(words[2]) + Number(words[3])
    const i = 4 + Math.floor(next() * blobs)
    const names = lines.slice(2).flatMap((line) => {
      const other = line.trim().split(/\s+/)
      return other.slice(4, 4 + Number(other[2]) + Number(other[3]))
    })
    const old = words[i]
    words[i] = pick([...names, 'nowhere', `${old}x`])
    lines[at] = words.join(' ')
    return done(`blob ${old} to ${words[i]}`)
  }
  if (kind < 0.85) {
    const i = pick([1, 2, 3])
    const old = words[i]
    words[i] = i === 1 ? (lines[2].trim().split(/\s+/)[1] ?? 'x') : String(Number(old) + pick([-1, 1]))
    lines[at] = words.join(' ')
    return done(`word ${i} ${old} to ${words[i]}`)
  }
  if (kind < 0.88) {
    lines[1] = lines[1].replace(/\d+/g, (count) => String(Number(count) + pick([-1, 0, 1, 0])))
    return done(`counts ${lines[1]}`)
  }
  if (kind < 0.92) {
    const to = 2 + Math.floor(next() * (lines.length - 2))
    const how = pick(['without', 'twice', 'moved'])
    const [line] = how === 'twice' ? [lines[at]] : lines.splice(at, 1)
    if (how !== 'without') lines.splice(to, 0, line)
    return done(`line ${how} ${to + 1}`)
  }
  const place = Math.floor(next() * weights.length)
  const how = pick(['cut', 'longer', 'byte', 'word', 'inserted', 'zeros'])
  let changed = weights
  if (how === 'cut') changed = weights.subarray(0, next() < 0.5 ? place : Math.max(0, weights.length - 4))
  if (how === 'longer') changed = Buffer.concat([weights, Buffer.alloc(Math.floor(next() * 64))])
  if (how === 'byte') changed[place] = Math.floor(next() * 256)
  if (how === 'word' && weights.length >= 4)
    changed.writeInt32LE(pick(oddNumbers), Math.min(place & ~3, weights.length - 4))
  if (how === 'inserted')
    changed = Buffer.concat([weights.subarray(0, place), Buffer.alloc(4, 7), weights.subarray(place)])
  if (how === 'zeros') changed.fill(0, place, Math.min(place + 64, changed.length))
  return { what: `weights ${how} at ${place}`, param: `${lines.join('\n')}\n`, bin: changed }
}

/** One change of an .mnn: a number, a byte or two of its tables, or its end. `weights` are ranges to leave alone. */
export function mutateMnn({ content: original, weights }, next) {
  const pick = (list) => list[Math.floor(next() * list.length)]
  const content = Buffer.from(original)
  const outside = (at) => !weights.some(([start, end]) => at >= start && at < end)
  let at = Math.floor(next() * content.length)
  for (let i = 0; i < 64 && !outside(at); i++) at = Math.floor(next() * content.length)
  const kind = next()
  if (kind < 0.55) {
    at = Math.min(at & ~3, (content.length & ~3) - 4)
    const old = content.readInt32LE(at)
    const value =
      pick([0, 1, -1, 2, 3, 8, 9, 2147483647, old + 1, old - 1, Math.floor(next() * 2 ** 32) | 0]) | 0
    content.writeInt32LE(value, at)
    return { what: `word ${old} to ${value} at ${at}`, content }
  }
  if (kind < 0.9) {
    const old = content[at]
    content[at] = pick([0, 1, 8, 9, 255, old ^ (1 << Math.floor(next() * 8)), Math.floor(next() * 256)])
    return { what: `byte ${old} to ${content[at]} at ${at}`, content }
  }
  if (kind < 0.94) {
    const other = Math.floor(next() * content.length)
    content.copy(content, at, other, other + 4)
    return { what: `word at ${other} copied to ${at}`, content }
  }
  if (kind < 0.97)
    return { what: `cut at ${at}`, content: content.subarray(0, next() < 0.5 ? at : content.length - 4) }
  return { what: 'longer', content: Buffer.concat([content, Buffer.alloc(1 + Math.floor(next() * 8))]) }
}
