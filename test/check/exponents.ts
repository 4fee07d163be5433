import t from 'tap'
import { countPlainly } from '../../dist/check/weights/scanTensor.js'
import { native } from '../../dist/native/native.js'
import { seededRandom } from '../helpers/seededRandom.js'

t.test('the addon counts exponents and zeros as JavaScript does, at any address', async (t) => {
  const random = seededRandom(5)
  for (const fractionBits of [23, 10, 7]) {
    for (const length of [0, 1, 3, 4, 1023, 40_000]) {
      const size = fractionBits === 23 ? 4 : 2
      const values = size === 4 ? new Uint32Array(length) : new Uint16Array(length)
      for (let i = 0; i < length; i++)
        values[i] = random() < 0.1 ? [0, 2 ** (8 * size - 1)][i % 2]! : random() * 2 ** (8 * size)
      const shifted = new Uint8Array(length * size + 1)
      shifted.set(new Uint8Array(values.buffer), 1)
      const found = native().metrics.exponents(shifted.subarray(1), fractionBits)
      t.same([...found], [...countPlainly(values, fractionBits)], `${fractionBits} bits, ${length} values`)
    }
  }
  t.throws(() => native().metrics.exponents(new Uint8Array(4), 5), { code: 'TWINFER_INVALID_ARGUMENT' })
})
