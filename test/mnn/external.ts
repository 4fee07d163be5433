// Compressed weights in a file of their own are looked at before MNN decodes them without a bound.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { open, Tensor } from 'twinfer'
import { convolutionFile, externalParameter } from '../helpers/mnnFile.js'

const indexed = 1
const int8 = 4
const layer = { inputs: 2, outputs: 2, weights: [], biases: [] }
// 2 x 2 weights, each an index of two bits into four samples: -2, -1, 1, 2.
const weights = [2, 2, 0, 2, 0, 4, 254, 255, 1, 2, 0b00_01_10_11]
const scales = new Uint8Array(Float32Array.of(1, 10).buffer)
const biases = new Uint8Array(Float32Array.of(100, 200).buffer)

interface Stored {
  readonly weights?: readonly number[]
  readonly sizes?: readonly number[]
  readonly compression?: number
}

function writeModel(t: Test, { weights: bytes = weights, sizes, compression = indexed }: Stored) {
  const place = [0, ...(sizes ?? [bytes.length, scales.length, biases.length])]
  const file = join(t.testdir(), 'net.mnn')
  const parameter = externalParameter(place, compression)
  writeFileSync(file, convolutionFile([1, 2, 1, 1], layer, { parameter }))
  writeFileSync(`${file}.weight`, Buffer.concat([Buffer.from(bytes), scales, biases, Buffer.alloc(64)]))
  return file
}

t.test('sound ones run', async (t) => {
  for (const stored of [{}, { weights: [254, 255, 1, 2], compression: int8 }]) {
    await using model = await open(writeModel(t, stored), { precision: 'fp32' })
    const [output] = Object.values(await model.run(new Tensor(Float32Array.of(1, 2), [1, 2, 1, 1])))
    t.same(output!.data, Float32Array.of(100 - 4, 200 + 50))
  }
})

const unsound: Record<string, [Stored, RegExp]> = {
  'a shape of more weights': [{ weights: weights.with(1, 9) }, /more bytes of compressed weights/],
  'a shape of fewer weights': [{ weights: weights.with(1, 1) }, /expected 4 weights, received 2/],
  'an index beyond its samples': [{ weights: weights.with(5, 3).with(9, 0xff) }, /weight sample 3 of 3/],
  'fewer bytes': [{ sizes: [6, 8, 8] }, /more bytes of compressed weights/],
  'too few of int8': [{ weights: [1, 2, 3], compression: int8 }, /expected 4 weights, received 3/],
  'too few scales': [{ sizes: [11, 4, 8] }, /a multiple of 2 scales, received 1/],
  'too many biases': [{ sizes: [11, 8, 12] }, /expected 8 external bytes, received 12/],
  'no biases': [{ sizes: [11, 8] }, /no biases/],
}

t.test('others are refused', async (t) => {
  for (const [what, [stored, message]] of Object.entries(unsound))
    await t.rejects(open(writeModel(t, stored)), { code: 'TWINFER_MODEL_INVALID', message }, what)
})
