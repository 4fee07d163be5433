/**
 * The single changes that lead from files to changed ones, by lines of a .param and by bytes of anything else: what stands
 * between `start` and `end` of the file `name` becomes `put`.
 */
export function changesBetween(original, changed) {
  return Object.keys(original).flatMap((name) => changesOf(name, original[name], changed[name]))
}

function changesOf(name, before, after) {
  // A byte each would be too many of a file of megabytes.
  const step = Math.ceil(Math.max(before.length, after.length) / 2 ** 20)
  const [a, b] = [before, after].map((content) => unitsOf(name, content, step))
  const same = (i, j) => a.text(i) === b.text(j)
  const shorter = Math.min(a.count, b.count)
  let head = 0
  while (head < shorter && same(head, head)) head++
  let tail = 0
  while (tail < shorter - head && same(a.count - 1 - tail, b.count - 1 - tail)) tail++
  const changes = []
  const [endOfA, endOfB] = [a.count - tail, b.count - tail]
  for (let i = head; i < Math.max(endOfA, endOfB); i++) {
    if (i < endOfA && i < endOfB && same(i, i)) continue
    const start = a.at(Math.min(i, endOfA))
    const end = i < endOfA ? a.at(i + 1) : start
    changes.push({
      name,
      start,
      end,
      put: i < endOfB ? after.subarray(b.at(i), b.at(i + 1)) : Buffer.alloc(0),
    })
  }
  return changes
}

function unitsOf(name, content, step) {
  if (!name.endsWith('.param')) {
    const at = (i) => Math.min(i * step, content.length)
    const text = step === 1 ? (i) => content[i] : (i) => content.toString('latin1', at(i), at(i + 1))
    return { count: Math.ceil(content.length / step), at, text }
  }
  const lines = content.toString('latin1').split(/(?<=\n)/)
  const places = [0]
  for (const line of lines) places.push(places.at(-1) + line.length)
  return { count: lines.length, at: (i) => places[i], text: (i) => lines[i] }
}

/** What a mutation of files can be reduced by: its parts, the files with some of them, and what is shown of one. */
export const byChanges = ({ original, changed }) => ({
  parts: changesBetween(original, changed),
  filesOf: (some) => withChanges(original, some),
  show: ({ name, start, end, put }) => ({
    name,
    start,
    end,
    put: put.toString(name.endsWith('.param') ? 'utf8' : 'hex'),
  }),
})

/** The files with some of the changes, in the order in which `changesBetween` gave them. */
export function withChanges(original, changes) {
  const files = {}
  for (const [name, content] of Object.entries(original)) {
    const parts = []
    let at = 0
    for (const { start, end, put } of changes.filter((change) => change.name === name)) {
      parts.push(content.subarray(at, start), put)
      at = end
    }
    files[name] = Buffer.concat([...parts, content.subarray(at)])
  }
  return files
}

/**
 * As few of the changes as `fails` is still true for, found by halves, quarters and so on; after so many tries, the fewest
 * found until then. A slice or a missing end shrinks by bisection that way.
 */
export async function minimise(changes, fails, tries) {
  let left = tries
  let fewest = changes
  for (let parts = 2; fewest.length > 1 && left > 0; ) {
    const size = Math.ceil(fewest.length / parts)
    const candidates = []
    // From behind: the last half of what a cut took away is a shorter cut.
    for (let end = fewest.length; end > 0; end -= size) {
      const start = Math.max(0, end - size)
      candidates.push(fewest.slice(start, end))
      if (parts > 2) candidates.push([...fewest.slice(0, start), ...fewest.slice(end)])
    }
    let smaller
    for (const candidate of candidates) {
      if (left-- <= 0) break
      if (await fails(candidate)) {
        smaller = candidate
        break
      }
    }
    if (smaller) {
      parts = smaller.length < fewest.length / 2 + 1 ? 2 : Math.max(2, parts - 1)
      fewest = smaller
    } else if (parts >= fewest.length) break
    else parts = Math.min(parts * 2, fewest.length)
  }
  return fewest
}
