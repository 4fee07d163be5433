import { spawnSync } from 'node:child_process'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

const script = `
  import { compareTensors, compareTensorsAsync, quickError, Tensor } from '${projectPath('dist/compare.js')}'
  const make = (step) => new Tensor(Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i * step)), [1, 5, 10, 100])
  const [a, b] = [make(1), make(1.0000001)]
  const sync = compareTensors(a, b, { details: true })
  const later = await compareTensorsAsync(a, b, { details: true })
  console.log(JSON.stringify({ sync, later, quick: quickError(a.data, b.data) }))`

t.test('without the addon the numbers are the same', (t) => {
  const run = (addon?: string) => {
    const env = { ...process.env, ...(addon && { TWINFER_ADDON: addon }) }
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env,
    })
    t.equal(stderr, '')
    return JSON.parse(stdout)
  }
  const without = run('/nowhere/twinfer.node')
  t.strictSame(without.later, without.sync)
  t.strictSame(without.quick, {
    sqnrDb: without.sync.sqnrDb,
    cosine: without.sync.cosine,
    maxAbs: without.sync.maxAbs,
  })
  const rounded = JSON.parse(JSON.stringify(run()), (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value,
  )
  const expected = JSON.parse(JSON.stringify(without), (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value,
  )
  t.strictSame(rounded, expected)
  t.end()
})
