import t from 'tap'
import { layersCsv, layersCsvPath, outputsCsv } from '../../dist/report/outputsCsv.js'
import {
  noisyPair,
  reportedCandidate,
  reportedLayers,
  reportedOutput,
  reportInput,
} from '../helpers/report.js'

/** Fields that need no quotes, by their titles. */
function cells(csv: string, row: number): Record<string, string | undefined> {
  const [titles, ...rows] = csv.trimEnd().split('\n')
  const values = rows[row]!.split(',')
  return Object.fromEntries(titles!.split(',').map((title, at) => [title, values[at]]))
}

const reference = { model: 'net.onnx', engine: 'onnx', effective: null }
const simple = (name: string, more = {}) => ({
  reference,
  candidates: [
    reportedCandidate('net.mnn', [
      { ...reportedOutput(name, noisyPair(0.1)), verdict: { pass: false, reason: 'low' }, ...more },
    ]),
  ],
})

t.test('one row an output, with the numbers in full', (t) => {
  const csv = outputsCsv(reportInput().comparison)
  t.equal(csv.trimEnd().split('\n').length, 1 + 4)
  const comparison = simple('prob')
  const [output] = comparison.candidates[0]!.outputs
  t.match(cells(outputsCsv(comparison), 0), {
    reference: 'net.onnx',
    candidate: 'net.mnn',
    output: 'prob',
    verdict: 'fail',
    shape: '1x3x16x16',
    elements: '768',
    sqnrDb: String(output!.sqnrDb),
    meanError: String(output!.meanError),
    floorDb: '',
    top1Agree: String(output!.top1Agree ?? ''),
  })
  t.end()
})

t.test('a name that a spreadsheet would run is text; a negative number stays a number', (t) => {
  for (const name of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
    t.match(outputsCsv(simple(name)), `,'${name},`, JSON.stringify(name))
  }
  t.equal(cells(outputsCsv(simple('prob', { meanError: -0.5 })), 0).meanError, '-0.5')
  t.end()
})

t.test('names with commas, quotes and line breaks keep to their cell', (t) => {
  t.match(outputsCsv(simple('a,"b"\nc')), ',"a,""b""\nc",')
  t.end()
})

t.test('NaN and infinities are written as NumPy reads them, absent numbers not at all', (t) => {
  const worst = { index: 1, coordinate: [0, 1], reference: Number.NEGATIVE_INFINITY, value: Number.NaN }
  t.match(cells(outputsCsv(simple('prob', { sqnrDb: null, worst })), 0), {
    sqnrDb: '',
    worstCoordinate: '0 1',
    worstReference: '-inf',
    worstValue: 'NaN',
  })
  t.end()
})

t.test('one row a layer, the first divergence marked', (t) => {
  const comparison = {
    reference,
    candidates: [reportedCandidate('net.mnn', [], { layers: reportedLayers(10) })],
  }
  const csv = layersCsv(comparison)
  t.match(cells(csv, 2), {
    candidate: 'net.mnn',
    index: '2',
    ownSqnrDb: '400',
    firstDivergence: 'false',
    fp16: 'fits',
  })
  t.equal(
    csv.split('\n').findIndex((line) => line.includes(',true,')),
    1 + 5,
  )
  t.match(cells(csv, 9), { accumulatedSqnrDb: '' })
  t.end()
})

t.test('the layers go beside the outputs', (t) => {
  t.equal(layersCsvPath('a/out.csv'), 'a/out.layers.csv')
  t.equal(layersCsvPath('a.b/out.CSV'), 'a.b/out.layers.CSV')
  t.equal(layersCsvPath('out'), 'out.layers')
  t.end()
})
