import t from 'tap'
import { layoutDecoders, memoryLayouts } from '../../dist/diagnose/decoders.js'

const shape = [2, 5, 3, 2]
const count = 60

t.test('NC4HW4 has blocks of four channels, the last one padded', async (t) => {
  const layout = memoryLayouts(shape).find(({ name }) => name === 'NC4HW4')!
  t.equal(layout.size, 2 * 2 * 3 * 2 * 4)
  // Image 1, channel 4, row 2, column 1: block 1, pixel 5, lane 0.
  t.equal(layout.place(30 + 4 * 6 + 5), ((1 * 2 + 1) * 6 + 5) * 4)
  t.equal(layout.element(((1 * 2 + 1) * 6 + 5) * 4 + 1), -1, 'channel 5 is padding')
})

t.test('every layout finds back what it placed', async (t) => {
  for (const given of [shape, [7], [5, 3], [1, 10], [3, 4, 5], [1, 6, 1, 1], [2, 3, 4, 5, 2], []]) {
    const elements = given.reduce((a, b) => a * b, 1)
    for (const { name, size, place, element } of memoryLayouts(given)) {
      const places = Array.from({ length: elements }, (_, i) => place(i))
      t.equal(new Set(places).size, elements, `${name} of [${given}] has a place for each element`)
      t.ok(places.every((at) => at >= 0 && at < size), `${name} of [${given}] stays within its memory`)
      t.ok(places.every((at, i) => element(at) === i), `${name} of [${given}] is its own inverse`)
    }
  }
})

t.test("ncnn's channels begin at multiples of 16 bytes", async (t) => {
  const layout = memoryLayouts([3, 3, 3]).find(({ name }) => name === 'CHW+cstep4')!
  t.equal(layout.size, 36)
  t.equal(layout.place(9), 12)
  t.equal(layout.element(10), -1)
})

t.test('a decoder undoes the reading that it names', async (t) => {
  const values = Float32Array.from({ length: count }, (_, i) => i)
  const layouts = new Map(memoryLayouts(shape).map((layout) => [layout.name, layout]))
  const decoders = layoutDecoders(shape)
  t.equal(decoders[0]!.held, 'NCHW')
  t.equal(decoders[0]!.readAs, 'NCHW')
  for (const [held, readAs] of [
    ['NHWC', 'NCHW'],
    ['NCHW', 'NHWC'],
    ['NC4HW4', 'NCHW'],
    ['NCHW', 'NC8HW8'],
    ['NC8HW8', 'NHWC'],
    ['NCHW+cstep4', 'NCHW'],
    ['NCWH', 'NCHW'],
    ['CNHW', 'NCHW'],
  ] as const) {
    const memory = new Float32Array(Math.max(layouts.get(held)!.size, 200)).fill(-1)
    values.forEach((value, i) => {
      memory[layouts.get(held)!.place(i)] = value
    })
    const read = Float32Array.from(values, (_, i) => memory[layouts.get(readAs)!.place(i)]!)
    const decoder = decoders.find((one) => one.held === held && one.readAs === readAs)!
    t.ok(decoder, `${held} read as ${readAs} is among them`)
    let found = 0
    for (let i = 0; i < count; i++) {
      const at = decoder.at(i)
      if (at < 0 || at >= count) continue
      found++
      t.equal(read[at], i)
    }
    t.ok(found > count / 4, `${found} elements of ${held} are left`)
  }
})

t.test('no two decoders move the elements alike', async (t) => {
  const maps = layoutDecoders([1, 6, 4, 5]).map((decoder) =>
    Array.from({ length: 120 }, (_, i) => decoder.at(i)).join(),
  )
  t.equal(new Set(maps).size, maps.length)
})
