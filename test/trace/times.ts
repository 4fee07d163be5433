// A layer's time is what it takes inside a run that shows nothing; `npm run bench:layer-times` holds the sums
// against such runs on real models. Here only what a busy machine cannot spoil.
import t from 'tap'
import { open } from 'twinfer'
import { openTracer } from 'twinfer/compare'
import { engines, network } from '../helpers/networks.js'

for (const engine of engines) {
  t.test(`${engine}: the layers of a trace add up to a run`, async (t) => {
    const { file, input } = await network('tiny-ecapa-tdnn', engine)
    const options = { precision: 'fp32', threads: 1 } as const
    await using model = await open(file, options)
    const tracer = await openTracer(file, options)
    const inputs = { [tracer.inputs[0]!.name]: input }
    // The shortest of each, and as many rounds as it takes: on a busy machine most hold time that somebody else had.
    let run = Number.POSITIVE_INFINITY
    let sum = Number.POSITIVE_INFINITY
    const addUp = () => sum > 0.7 * run && sum < 1.4 * run
    for (let round = 0; round < 60 && !addUp(); round++) {
      for (let i = 0; i < 10; i++) {
        const start = performance.now()
        model.runSync(input)
        run = Math.min(run, performance.now() - start)
      }
      let total = 0
      await tracer.trace(inputs, ({ ms }) => {
        total += ms!
      })
      sum = Math.min(sum, total)
    }
    await tracer.dispose()
    // `bench:layer-times` asks for 15 %, with nobody else on the machine.
    t.ok(addUp(), `run ${run.toFixed(2)} ms, layers ${sum.toFixed(2)} ms`)
  })

  t.test(`${engine}: times are measured only where they are asked for`, async (t) => {
    const { file, input } = await network('digits8-cnn', engine)
    const tracer = await openTracer(file, { precision: 'fp32', threads: 1 })
    const inputs = { [tracer.inputs[0]!.name]: input }
    const values: number[] = []
    await tracer.trace(inputs, (_, { data }) => values.push(Number(data[0])))
    const timed: number[] = []
    await tracer.trace(inputs, ({ ms }, { data }) => {
      t.type(ms, 'number')
      timed.push(Number(data[0]))
    })
    t.same(timed, values, 'and measuring between two layers changes neither')
    await tracer.dispose()
  })
}
