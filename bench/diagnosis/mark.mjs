// Marks: whether an answer names what was planted, and the tables of the whole exam.

/** The answer to one case, { causes: [{ code, … }] }, held against what it should be. */
export function mark(question, planted, answer) {
  const causes = answer.causes ?? []
  const codes = causes.map(({ code }) => code)
  const [first] = codes
  const allowed = new Set([
    ...planted.accept.flat(),
    ...(planted.also ?? []),
    'PRECISION_EXPECTED',
    'ARGMAX_TIES',
  ])
  const said = planted.words === undefined || planted.words.test(JSON.stringify(causes[0] ?? ''))
  const right =
    question.kind === 'pair'
      ? planted.accept.every((list) => list.some((code) => codes.includes(code)))
      : question.kind === 'clean'
        ? all(codes, planted)
        : question.kind === 'bad'
          ? (answer.error?.startsWith('TWINFER_') ?? false) || all(codes, planted)
          : planted.accept[0].includes(first) && said
  return {
    id: question.id,
    kind: question.kind,
    code: question.code,
    right,
    codes,
    first: first ?? answer.error ?? 'nothing',
    besides:
      right && !['clean', 'bad'].includes(question.kind) ? codes.filter((code) => !allowed.has(code)) : [],
    source: planted.source,
    timed: planted.timed,
    mended: planted.mendable ? isMended(planted, answer) : undefined,
    expected: planted.accept,
    note: planted.note,
    recovered: recovered(planted, causes),
  }
}

function all(codes, { accept: [list] }) {
  return codes.length > 0 && codes.every((code) => list.includes(code))
}

/** Whether what was applied to what was planted brought agreement, or left what a fault that changes little had not taken. */
function isMended({ accept }, { remedies = [] }) {
  return remedies.some(
    ({ code, mended, before, after }) =>
      accept.flat().includes(code) && (mended || (before.pass && after.pass)),
  )
}

/** How far the numbers that were recovered are from the planted ones, as a share; undefined where none were to be. */
function recovered({ record, deployedRecord }, causes) {
  if (!record) return undefined
  const cause = causes.find(({ code }) => code === 'PREPROC_MEAN_STD' || code === 'PREPROC_RANGE')
  if (!cause) return undefined
  return Math.max(offBy(record, cause.evidence?.golden), offBy(deployedRecord, cause.evidence?.deployed))
}

/** Means are held against the width of the range, since a mean may be 0. In pixels, whatever the scale. */
function offBy(planted, found) {
  if (!found?.std) return 1 // all of it; JSON has no NaN
  const list = (value, length) => (Array.isArray(value) ? value : Array(length).fill(value ?? 0))
  const count = planted.mean.length
  const [means, stds] = [list(found.mean, count), list(found.std, count)]
  const scale = found.scale ?? 1
  return Math.max(
    ...planted.std.map((std, c) => Math.abs(stds[c] / scale / (std / planted.scale) - 1)),
    ...planted.mean.map((mean, c) => Math.abs(means[c] / scale - mean / planted.scale) / 255),
  )
}

/** The rates that issue 11 asks for, each with its bar. */
export function rates(marks) {
  const of = (list) => ({ right: list.filter(({ right }) => right).length, of: list.length })
  const kind = (name) => marks.filter((one) => one.kind === name)
  const singles = kind('single')
  const codes = [...new Set(singles.map(({ code }) => code))].sort()
  return {
    singles: { ...of(singles), bar: 0.95 },
    codes: Object.fromEntries(
      codes.map((code) => [code, { ...of(singles.filter((one) => one.code === code)), bar: 0.85 }]),
    ),
    pairs: { ...of(kind('pair')), bar: 0.8 },
    clean: { ...of(kind('clean')), bar: 1 },
    broken: { ...of(kind('broken')), bar: 1 },
    bad: { ...of(kind('bad')), bar: 1 },
  }
}

/** Planted code → first named code → how often. */
export function confusion(marks) {
  const rows = {}
  for (const { kind, code, first, right } of marks) {
    if (kind === 'pair' || kind === 'source') continue
    rows[code] ??= {}
    const row = rows[code]
    // What else fits a case counts as the row's own code.
    const named = right ? code : first
    row[named] = (row[named] ?? 0) + 1
  }
  return rows
}

/** Where the evidence came from, and what can be recovered of it. */
function bySource(marks) {
  const sources = [...new Set(marks.map(({ source }) => source))].filter(Boolean).sort()
  return sources.flatMap((source) => {
    const asked = marks.filter((one) => one.source === source && one.kind !== 'clean')
    const numbers = asked.filter(({ recovered }) => recovered !== undefined)
    const within = numbers.filter(({ recovered }) => recovered <= 0.005)
    return [
      [
        `faults of the input from ${source}`,
        { right: asked.filter(({ right }) => right).length, of: asked.length },
      ],
      // Two tensors without a picture say how they differ, not what either is in pixels.
      ...(source === 'tensors' || numbers.length === 0
        ? []
        : [[`mean and std within 0.5 % from ${source}`, { right: within.length, of: numbers.length }]]),
    ]
  })
}

function mendedRows(marks) {
  const asked = marks.filter(({ mended }) => mended !== undefined)
  const mended = asked.filter((one) => one.mended)
  return asked.length === 0 ? [] : [['mended by `--fix`', { right: mended.length, of: asked.length, bar: 1 }]]
}

/** The longest of the cases whose time has a bar. */
function times(marks) {
  const timed = marks.filter((one) => one.timed)
  const labels = [...new Set(timed.map((one) => one.timed.what))]
  return labels.map((what) => {
    const of = timed.filter((one) => one.timed.what === what)
    const longest = Math.max(...of.map(({ ms }) => ms)) / 1000
    return `| ${what}, ${of.length} cases | ${longest.toFixed(1)} s at most | | ≤ ${of[0].timed.barSeconds} s |`
  })
}

const percent = ({ right, of }) => (of === 0 ? '–' : `${((100 * right) / of).toFixed(1)} %`)
const reached = (rate) => rate.of === 0 || rate.right / rate.of >= rate.bar

/** The tables in Markdown, as docs/diagnosis.md shows them. */
export function tables(marks, { seed, count }) {
  const { singles, codes, pairs, clean, broken, bad } = rates(marks)
  const worst = Object.entries(codes).sort(([, a], [, b]) => a.right / a.of - b.right / b.of)[0]
  const rows = [
    ['single faults, first cause right', singles],
    ...(worst ? [[`the weakest code, ${worst[0]}`, worst[1]]] : []),
    ['pairs of faults, both named', pairs],
    ['clean pairs, none accused', clean],
    ['`../shared/broken`, cause named first', broken],
    ...mendedRows(marks),
    ['evidence that cannot tell: an error, or nobody accused', bad],
    ...bySource(marks),
  ]
  const summary = rows
    .map(
      ([what, rate]) =>
        `| ${what} | ${rate.right} of ${rate.of} | ${percent(rate)} | ${rate.bar === undefined ? '' : `≥ ${100 * rate.bar} %`} |`,
    )
    .concat(times(marks))
    .join('\n')
  const matrix = Object.entries(confusion(marks))
    .map(([code, row]) => {
      const wrong = Object.entries(row).filter(([named]) => named !== code)
      const total = Object.values(row).reduce((a, b) => a + b, 0)
      const rest = wrong.sort(([, a], [, b]) => b - a).map(([named, times]) => `${named} ${times}`)
      return `| \`${code}\` | ${total} | ${row[code] ?? 0} | ${rest.join(', ')} |`
    })
    .join('\n')
  return [
    `Seed ${seed}, ${count} cases of each variant.`,
    '',
    '| what | right | rate | bar |',
    '|---|---|---|---|',
    summary,
    '',
    '| planted | cases | named first | other first causes |',
    '|---|---|---|---|',
    matrix,
  ].join('\n')
}

export function allReached(marks) {
  const { codes, ...rest } = rates(marks)
  return [...Object.values(rest), ...Object.values(codes)].every(reached)
}
