import t from 'tap'
import { shapeKey } from '../../dist/compare/layers/BlobGraph.js'
import { findMisfits } from '../../dist/compare/layers/CandidateRun.js'
import { similarity } from '../../dist/compare/layers/LayerMatcher.js'
import { channelDamage } from '../../dist/compare/layers/LayerPass.js'

const wave = (length: number, factor = 1) => Float32Array.from({ length }, (_, i) => factor * Math.sin(i))

t.test('dimensions of 1 do not tell shapes apart, the order of the others does', async (t) => {
  t.equal(shapeKey([1, 16, 8, 8]), shapeKey([16, 8, 8]))
  t.equal(shapeKey([1, 16, 1, 1]), shapeKey([16]))
  t.not(shapeKey([16, 8]), shapeKey([8, 16]))
})

t.test('similarity sees through a few broken values, and not through a ReLU', async (t) => {
  const reference = wave(512)
  const broken = reference.slice()
  broken.fill(Number.NaN, 0, 16)
  t.ok(similarity(reference, broken).agree > 0.9)
  t.equal(similarity(reference, broken).sqnrDb, -Infinity)
  const clamped = reference.map((value) => Math.max(0, value))
  t.ok(similarity(reference, clamped).agree < 0.7)
  t.ok(similarity(reference, wave(512, 1.01)).agree > 0.99, 'rounding is no difference')
  t.equal(similarity(new Float32Array(9), new Float32Array(9)).agree, 1)
})

t.test('damage is sought along the axis where it is in fewest channels', async (t) => {
  const reference = wave(8 * 6)
  const tokens = reference.slice()
  tokens.fill(9, 2 * 6, 3 * 6)
  t.match(channelDamage(reference, tokens, [1, 8, 6]), { channels: [2], count: 8 })
  const features = reference.slice()
  for (let i = 4; i < features.length; i += 6) features[i] = Infinity
  t.match(channelDamage(reference, features, [8, 6]), { channels: [4], count: 6 })
  const image = channelDamage(reference, tokens, [8, 3, 2])
  t.match(image, { channels: [2], count: 8 })
  t.ok(image.othersDb > 300)
  t.same(channelDamage(reference, wave(8 * 6, 0.5), [8, 6]).channels, [], 'all alike')
})

t.test('a blob that is far from a tensor is not it where another blob is near', async (t) => {
  const tensor = { index: 0, stored: 0, blob: 'r', shape: [4], sample: new Float32Array(4) }
  const passed = (blob: string, sqnrDb: number | null) => ({
    blob,
    shape: [4],
    match: tensor,
    assumed: false,
    error: { sqnrDb, cosine: 1, maxAbs: 0 },
  })
  t.same([...findMisfits([passed('clamped', 16), passed('clamp', 130)]).keys()], ['clamped'])
  t.same([...findMisfits([passed('a', 130), passed('b', 100)]).keys()], [], 'both are it: a Reshape between')
  t.same([...findMisfits([passed('a', null)]).keys()], [], 'broken, and nothing else is like it')
  t.same([...findMisfits([passed('a', 16), passed('b', 16)]).keys()], [], 'broken, and passed on')
})
