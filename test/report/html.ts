import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { renderReport } from '../../dist/report/html/renderReport.js'
import { hostileName, reportInput } from '../helpers/report.js'

const page = renderReport(reportInput())

/** Said without the page itself, which is long. */
const has = (t: Test, part: string | RegExp) => t.ok(found(part), `the page has ${part}`)
const hasNot = (t: Test, part: string | RegExp) => t.notOk(found(part), `the page has no ${part}`)
const found = (part: string | RegExp) => (typeof part === 'string' ? page.includes(part) : part.test(page))

t.test('the same input gives the same page', (t) => {
  t.ok(renderReport(reportInput()) === page)
  t.end()
})

t.test('verdicts come with the reason, and with what would pass', (t) => {
  has(t, /<h1>.*badge fail/)
  has(t, /<strong class="badge pass">pass<\/strong>/)
  has(t, /inconclusive<\/strong> no pass rule is known for int4/)
  has(t, /the candidate has no counterpart of this output/)
  has(t, /Would pass: <code>--tolerance [^<]*sqnr=\d/)
  t.end()
})

t.test('names cannot end an element, an attribute or a script, nor turn the text', (t) => {
  hasNot(t, /<img/)
  hasNot(t, hostileName)
  hasNot(t, /\u202E/)
  has(t, '&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;⟨U+202E⟩gnp')
  const scripts = page.match(/<script/g)?.length
  t.equal(page.match(/<\/script/g)?.length, scripts)
  t.end()
})

t.test('the data of the plots are JSON', (t) => {
  const blocks = [...page.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)]
  const data = blocks.map(([, text]) => JSON.parse(text!) as { names?: string[] })
  t.equal(data.find(({ names }) => names)?.names?.[35], hostileName.replace('\u202E', '⟨U+202E⟩'))
  t.end()
})

t.test('the policy allows this script and this style only, and no network', (t) => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? ''
  const hash = (pattern: RegExp) => createHash('sha256').update(pattern.exec(page)![1]!).digest('base64')
  t.match(policy, "default-src 'none'")
  t.match(policy, `script-src 'sha256-${hash(/<script>(.*?)<\/script>/s)}'`)
  t.match(policy, `style-src 'sha256-${hash(/<style>(.*?)<\/style>/s)}'`)
  t.notMatch(policy, 'unsafe')
  t.end()
})

t.test('nothing is loaded from elsewhere', (t) => {
  hasNot(t, /\s(src|href)="(?!#)/)
  hasNot(t, /url\(|@import/)
  t.end()
})

t.test('an output that could not be measured has a verdict and no plots', (t) => {
  t.match(
    page,
    /<h3>Output <bdi>aux<\/bdi><\/h3>\s*<p>the candidate has no counterpart of this output<\/p>\s*<\/section>/,
  )
  t.end()
})

t.test('settings that differ are marked', (t) => {
  has(t, /<bdi>engine<\/bdi><\/th><td><mark>onnx<\/mark><\/td>/)
  has(t, /<bdi>threads<\/bdi><\/th><td>2<\/td>/)
  t.end()
})

t.test('a page on a thousand layers stays below 1 MB', (t) => {
  const size = Buffer.byteLength(renderReport(reportInput({ layers: 1000 })))
  t.ok(size < 1_000_000, `${size} bytes`)
  t.end()
})
