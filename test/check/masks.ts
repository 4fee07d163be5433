import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { blobParameter, inputParameter, mnnFile, opType } from '../helpers/mnnFile.js'
import { seededRandom } from '../helpers/seededRandom.js'

const size = 8
const random = seededRandom(11)

/** `y = x + m`, whose constant both engines keep as it is. */
const files = {
  ncnn: (folder: string, values: Float32Array) => {
    const lines = [`Input x 0 1 x 0=${size} 1=${size}`, `MemoryData m 0 1 m 0=${size} 1=${size}`]
    writeFileSync(
      join(folder, 'net.param'),
      `7767517\n3 3\n${lines.join('\n')}\nBinaryOp add 2 1 x m y 0=0\n`,
    )
    writeFileSync(join(folder, 'net.bin'), Buffer.from(values.buffer))
    return join(folder, 'net.param')
  },
  mnn: (folder: string, values: Float32Array) => {
    const operators = [
      { type: opType.Input, name: 'x', outputs: [0], parameter: inputParameter([size, size]) },
      { type: opType.Const, name: 'm', outputs: [1], parameter: blobParameter([size, size], [...values]) },
      { type: opType.BinaryOp, name: 'add', inputs: [0, 1], outputs: [2] },
    ]
    const file = join(folder, 'net.mnn')
    writeFileSync(file, mnnFile({ tensors: ['x', 'm', 'y'], operators }))
    return file
  },
}

async function found(t: Test, engine: keyof typeof files, values: Float32Array): Promise<string[]> {
  const { findings } = await check(files[engine](t.testdir(), values))
  const ofValues = findings.filter(({ code }) => /^weight-/.test(code))
  return ofValues.map(({ code, severity }) => `${code} ${severity}`)
}

/** Biases of positions, each its own, with the later positions left out. */
function biased(leftOut: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, i) =>
    i % size > Math.floor(i / size) ? leftOut : random() - 0.5,
  )
}

function changed(values: Float32Array, ...changes: readonly (readonly [at: number, value: number])[]) {
  const copy = values.slice()
  for (const [at, value] of changes) copy[at] = value
  return copy
}

const { NEGATIVE_INFINITY, POSITIVE_INFINITY, NaN: nan } = Number

for (const engine of ['ncnn', 'mnn'] as const) {
  t.test(`${engine}: a mask with a bias for each position is meant`, async (t) => {
    t.strictSame(await found(t, engine, biased(NEGATIVE_INFINITY)), ['weight-inf info'])
    t.strictSame(await found(t, engine, biased(-3.4028234663852886e38)), ['weight-huge info'])
    const both = biased(NEGATIVE_INFINITY).map((value, i) => (i % size === size - 1 && i < 56 ? -1e9 : value))
    t.strictSame(await found(t, engine, both), ['weight-inf info', 'weight-huge info'], 'in two strengths')
  })

  t.test(`${engine}: what no mask has is none`, async (t) => {
    const bias = biased(0.25)
    const mask = biased(NEGATIVE_INFINITY)
    for (const [what, values, wanted] of [
      ['one -Infinity', changed(bias, [9, NEGATIVE_INFINITY]), 'weight-inf error'],
      ['a few', changed(bias, [9, NEGATIVE_INFINITY], [30, NEGATIVE_INFINITY]), 'weight-inf error'],
      ['one Infinity among them', changed(mask, [0, POSITIVE_INFINITY]), 'weight-inf error'],
      ['Infinity only', biased(POSITIVE_INFINITY), 'weight-inf error'],
      ['one NaN', changed(mask, [0, nan]), 'weight-nan error'],
      ['a bias that is garbage', changed(mask, [0, 1e30]), 'weight-huge warning'],
    ] as const)
      t.ok((await found(t, engine, values)).includes(wanted), `${what}: ${wanted}`)
  })
}
