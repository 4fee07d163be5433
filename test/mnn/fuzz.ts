// H9: 7 of 60 random changes of 1 to 4 bytes crashed MNN 3.6.1 after its own verification. Each one runs in
// a child, so that a crash is a signal here and not the end of the tests.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { fixture } from '../helpers/fixtures.js'
import { projectPath } from '../helpers/projectPath.js'

const mutations = 250

function fuzz(file: string, seed: number) {
  const source = `
    import { readFileSync } from 'node:fs'
    import { open, Tensor } from 'twinfer'
    const whole = readFileSync(${JSON.stringify(file)})
    let state = ${seed}
    const random = (n) => {
      state ^= state << 13; state ^= state >>> 17; state ^= state << 5
      return (state >>> 0) % n
    }
    const counts = { ran: 0, refused: 0 }
    for (let i = 0; i < ${mutations}; i++) {
      const bytes = Uint8Array.from(whole)
      const changes = []
      for (let left = 1 + random(4); left > 0; left--) {
        const at = random(bytes.length)
        bytes[at] = random(3) === 0 ? random(256) : bytes[at] ^ (1 << random(8))
        changes.push(at + ':' + bytes[at])
      }
      process.stderr.write(changes.join(' ') + '\\n')
      try {
        const model = await open(bytes, { engine: 'mnn', threads: 1 })
        const inputs = model.inputs.map(({ shape, dtype }) => Tensor.zeros(shape.map((n) => Math.max(n, 1)), dtype))
        model.runSync(inputs)
        await model.dispose()
        counts.ran++
      } catch (error) {
        if (error.name !== 'TwinferError') throw error
        counts.refused++
      }
    }
    console.log(JSON.stringify(counts))
  `
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    cwd: projectPath('.'),
    encoding: 'utf8',
    timeout: 120_000,
  })
}

for (const [name, seed] of [
  ['digits8-cnn/model.mnn', 1],
  ['digits8-cnn/model_w8.mnn', 2],
  ['tiny-lstm/model.mnn', 3],
] as const) {
  t.test(`${mutations} damaged copies of ${name} end in a typed error or a result`, async (t) => {
    const { status, signal, stdout, stderr } = fuzz(fixture(name), seed)
    const last = stderr.trimEnd().split('\n').at(-1)
    t.same({ status, signal }, { status: 0, signal: null }, `last change: ${last}`)
    const { ran, refused } = JSON.parse(stdout)
    t.equal(ran + refused, mutations)
    t.ok(refused > 0, 'some were refused')
  })
}
