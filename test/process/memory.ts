// A leak shows long before the 100,000 runs of `npm run bench:memory`.
import t from 'tap'
import { open } from 'twinfer'
import { engines, network } from '../helpers/networks.js'
import { isSanitized } from '../helpers/patience.js'

const LIMIT_MIB = 8

async function settledRss(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage.rss() / 2 ** 20
}

/**
 * From the lowest reading of a first half to the lowest of a second half of `steps` each: malloc keeps and
 * gives back up to 30 MiB as it likes (with MALLOC_TRIM_THRESHOLD_ set it does not), a leak only adds. The heaps of several
 * threads reach their size after some hundred models: these are not looked at (`warmUp`).
 */
async function growth(steps: number, step: () => Promise<unknown>, warmUp = 0): Promise<number> {
  for (let i = 0; i < warmUp; i++) await step()
  const lows: number[] = []
  for (let half = 0; half < 2; half++) {
    const readings: number[] = []
    for (let i = 0; i < steps; i++) {
      await step()
      if (i % Math.ceil(steps / 12) === 0) readings.push(await settledRss())
    }
    lows.push(Math.min(...readings.slice(1)))
  }
  return lows[1]! - lows[0]!
}

for (const engine of engines) {
  t.test(`${engine}: memory does not grow with runs, nor with models that were disposed`, async (t) => {
    if (!globalThis.gc || isSanitized)
      return t.pass('needs --expose-gc and no sanitizer, which keeps freed memory', { skip: true })
    const { file, input } = await network('digits8-cnn', engine)
    const options = { precision: 'fp32', threads: 1 } as const
    const model = await open(file, options)
    const runs = await growth(4000, () => model.run(input))
    const failures = await growth(2000, async () => model.run([]).catch(() => {}))
    await model.dispose()
    const cycle = async () => {
      await using once = await open(file, options)
      await once.run(input)
    }
    const cycles = await growth(300, cycle, 900)
    const badLoads = await growth(300, () =>
      open(Buffer.from('7767517\n1 1\n'), { weights: new Uint8Array(0) }).catch(() => {}),
    )
    for (const [what, mib] of Object.entries({ runs, failures, cycles, badLoads })) {
      t.ok(mib <= LIMIT_MIB, `${what}: ${mib.toFixed(1)} MiB`)
    }
  })
}
