import t from 'tap'
import { type VotePair, vote } from '../../dist/compare/judge/vote.js'

const runs = ['onnx', 'ncnn', 'mnn']
const pair = (a: string, b: string, agree: boolean, output = 'out'): VotePair => ({
  a,
  b,
  output,
  sqnrDb: agree ? 120 : 3,
  agree,
})
const among = (onnxNcnn: boolean, onnxMnn: boolean, ncnnMnn: boolean) => [
  pair('onnx', 'ncnn', onnxNcnn),
  pair('onnx', 'mnn', onnxMnn),
  pair('ncnn', 'mnn', ncnnMnn),
]

t.test('one engine against the others is the odd one out', async (t) => {
  t.match(vote(runs, among(false, true, false)), {
    oddOneOut: 'ncnn',
    message: /its conversion or its engine/,
  })
  t.match(vote(runs, among(true, false, false)), { oddOneOut: 'mnn' })
})

t.test('the reference against all others: it or the input is at fault', async (t) => {
  t.match(vote(runs, among(false, false, true)), {
    oddOneOut: 'onnx',
    message: /ncnn and mnn agree with each other and not with onnx/,
  })
})

t.test('nobody is odd where all agree, and where more than one differs', async (t) => {
  t.match(vote(runs, among(true, true, true)), { oddOneOut: null, message: 'all agree' })
  t.match(vote(runs, among(false, false, false)), { oddOneOut: null, message: /no majority/ })
  t.match(vote(runs, among(false, true, true)), { oddOneOut: null })
})

t.test('one output that differs is enough', async (t) => {
  const pairs = [...among(true, true, true), pair('onnx', 'mnn', false, 'b'), pair('ncnn', 'mnn', false, 'b')]
  t.match(vote(runs, pairs), { oddOneOut: 'mnn' })
})

t.test('four runs vote too', async (t) => {
  const four = [...runs, 'ncnn-fp16']
  const pairs = [...among(true, true, true), ...runs.map((run) => pair(run, 'ncnn-fp16', false))]
  t.match(vote(four, pairs), { oddOneOut: 'ncnn-fp16' })
  t.match(vote(four, [...pairs.slice(1), pair('onnx', 'ncnn', false)]), { oddOneOut: null })
})

t.test('two runs are no vote', async (t) => {
  t.equal(vote(['onnx', 'ncnn'], [pair('onnx', 'ncnn', true)]), null)
})
