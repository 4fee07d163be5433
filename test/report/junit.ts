import t from 'tap'
import { junitXml } from '../../dist/report/junitXml.js'
import { noisyPair, reportedCandidate, reportedOutput, reportInput } from '../helpers/report.js'

const options = { created: '2026-01-02T03:04:05.678Z', environment: { twinfer: '1.2.3' } }
const xml = junitXml(reportInput().comparison, options)

t.test('a suite a candidate, a case an output, failures and errors counted', (t) => {
  t.match(
    xml,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="twinfer" tests="4" failures="2" errors="1"/,
  )
  t.match(
    xml,
    /<testsuite name="net.ncnn.param" tests="1" failures="0" errors="0" time="0.025" timestamp="2026-01-02T03:04:05">/,
  )
  t.match(xml, /<testcase classname="net.ncnn.param" name="prob" time="0.005">/)
  t.end()
})

t.test('a failure has the reason and what would pass; what nobody can judge is an error', (t) => {
  t.match(
    xml,
    /<failure message="SQNR \S+ dB is below the \S+ dB of fp32" type="fail">[^<]*Would pass: --tolerance [^<]*sqnr=/,
  )
  t.match(xml, '<error message="no pass rule is known for int4" type="inconclusive">')
  t.end()
})

t.test('versions and settings are properties', (t) => {
  t.match(xml, '<property name="twinfer" value="1.2.3"/>')
  t.match(xml, '<property name="precision" value="fp32"/>')
  t.end()
})

t.test('names are escaped, and what XML cannot hold is replaced', (t) => {
  t.match(xml, '&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&apos;')
  const output = reportedOutput('a\u0000b\u001bc\ud800d<&>', noisyPair(0))
  const odd = junitXml(
    { reference: reportInput().comparison.reference, candidates: [reportedCandidate('m', [output])] },
    options,
  )
  t.match(odd, 'name="a\ufffdb\ufffdc\ufffdd&lt;&amp;&gt;"')
  t.end()
})

t.test('a failed candidate is red even where all its outputs passed', (t) => {
  const verdict = { pass: false, reason: 'two runs of the same input differ' }
  const candidate = reportedCandidate('m', [reportedOutput('prob', noisyPair(0))], { verdict })
  const red = junitXml({ reference: reportInput().comparison.reference, candidates: [candidate] }, options)
  t.match(red, /tests="2" failures="1"/)
  t.match(red, /name="verdict"[^>]*>\s*<failure message="two runs of the same input differ"/)
  t.end()
})
