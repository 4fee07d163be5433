import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Builder } from 'flatbuffers'
import t, { type Test } from 'tap'
import { check } from '../../dist/check/check.js'
import { weightStorage, weightStorages } from '../../dist/file/inspect.js'
import { cliJson } from '../helpers/cli.js'
import { convolutionFile, type MnnParameter } from '../helpers/mnnFile.js'

const outputs = 2
const layer = { inputs: 2, outputs, weights: [], biases: [0, 1] }

interface Packing {
  readonly bits: number
  /** What the file says of its bits: converters before 3.1.2 wrote the largest value there, or nothing. */
  readonly said: number
  readonly samples: readonly number[]
}

/** A convolution of 1x1 whose 4 weights are indices into `samples`, packed (IDSTDecoder of ConvolutionCommon.cpp). */
function packed({ bits, said, samples }: Packing): MnnParameter {
  const indices = [0, 1, samples.length - 1, 2]
  const text = indices.map((index) => index.toString(2).padStart(bits, '0')).join('')
  const codes = text.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2))
  const shape = [2, outputs, 0, 2, 0]
  const buffer = Int8Array.from([...shape, samples.length & 255, ...samples, ...codes])
  return {
    kind: 9,
    build: (builder) => {
      const bytes = builder.createByteVector(new Uint8Array(buffer.buffer))
      const scales = floats(builder, [0.5, 0.25])
      builder.startObject(16)
      builder.addFieldOffset(0, bytes, 0)
      builder.addFieldOffset(1, scales, 0)
      builder.addFieldInt32(2, 1, 0)
      builder.addFieldInt32(7, said, 0)
      const quan = builder.endObject()
      const biases = floats(builder, layer.biases)
      builder.startObject(17)
      builder.addFieldInt32(10, outputs, 0)
      builder.addFieldInt32(11, layer.inputs, 0)
      const common = builder.endObject()
      builder.startObject(7)
      builder.addFieldOffset(0, common, 0)
      builder.addFieldOffset(2, biases, 0)
      builder.addFieldOffset(3, quan, 0)
      return builder.endObject()
    },
  }
}

function floats(builder: Builder, values: readonly number[]) {
  builder.startVector(4, values.length, 4)
  for (const value of values.toReversed()) builder.addFloat32(value)
  return builder.endVector()
}

const range = (bits: number) => Array.from({ length: 2 ** bits }, (_, i) => i - 2 ** (bits - 1))

function saved(t: Test, name: string, content: Uint8Array | string): string {
  const folder = t.testdirName
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

t.test('weights of fewer bits than 8 are told by their number of bits', async (t) => {
  t.testdir()
  const files: Record<string, Packing> = {
    'int2, said': { bits: 2, said: 2, samples: range(2) },
    'int3, said': { bits: 3, said: 3, samples: range(3) },
    'int4, said': { bits: 4, said: 4, samples: range(4) },
    'int8, said': { bits: 8, said: 8, samples: range(8) },
    'int2, by its values': { bits: 2, said: 0, samples: range(2) },
    'int4, by its values': { bits: 4, said: 0, samples: range(4) },
    // Few values in use are still values of 8 bits.
    'int8, of three values': { bits: 2, said: 0, samples: [-127, 3, 127] },
    'int8, of an old converter': { bits: 8, said: 127, samples: range(8) },
  }
  for (const [what, packing] of Object.entries(files)) {
    const [storage] = what.split(',')
    const parameter = packed(packing)
    const path = saved(t, 'net.mnn', convolutionFile([1, 2, 4, 4], layer, { parameter }))
    t.equal(await weightStorage(path), storage, what)
    const { findings, weights } = await check(path)
    t.strictSame(findings, [], what)
    t.equal(weights.storage, storage, what)
    t.strictSame(cliJson<{ storages: string[] }>(['inspect', path]).json.storages, [storage], what)
  }
})

t.test("ncnn's weights in blocks have the bits that their term says", async (t) => {
  t.testdir()
  for (const [term, storage, bytes] of [
    [400, 'int4', 4 * 16 + 4 * 4],
    [602, 'int6', 4 * 24 + 4 * 4],
    [800, 'int8', 4 * 32 + 4 * 4],
  ] as const) {
    const gemm = `Gemm g 1 1 x y 4=0 5=1 6=0 7=0 8=4 9=32 10=-1 18=${term}`
    const path = saved(t, 'net.param', `7767517\n2 2\nInput x 0 1 x 0=32 1=1\n${gemm}\n`)
    saved(t, 'net.bin', new Uint8Array(bytes).fill(60))
    t.equal(await weightStorage(path), storage)
    t.strictSame(await weightStorages(path), [storage])
  }
})

t.test('more than one way is mixed, and each of them is listed', async (t) => {
  t.testdir()
  const lines = ['Input x 0 1 x', 'InnerProduct a 1 1 x y 0=2 2=4', 'InnerProduct b 1 1 y z 0=2 2=4']
  const path = saved(t, 'net.param', `7767517\n3 3\n${lines.join('\n')}\n`)
  const bin = Buffer.alloc(4 + 16 + 4 + 8, 60)
  bin.writeUInt32LE(0, 0)
  bin.writeUInt32LE(0x01306b47, 20)
  saved(t, 'net.bin', bin)
  t.equal(await weightStorage(path), 'mixed')
  t.strictSame(await weightStorages(path), ['fp32', 'fp16'])
})
