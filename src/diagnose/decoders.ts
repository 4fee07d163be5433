import type { Layout } from '../tensor/DType.js'
import { elementsOf } from '../tensor/elementsOf.js'

/** An order in which engines and applications keep the elements of a tensor in memory. */
export interface MemoryLayout {
  /** By its dimensions, outermost first: 'NCHW', 'NHWC', 'NC4HW4'; with '+cstep4' or '+pitch8' where it has gaps. */
  readonly name: string
  /** Elements of memory, gaps and padding included. */
  readonly size: number
  /** Where in memory an element lies, by its index in C order of the shape. */
  place(index: number): number
  /** The element at a place of memory, as an index in C order; -1 in a gap and beyond the end. */
  element(place: number): number
}

/** How the elements of a tensor come out of a buffer that was read in another layout than it has. */
export interface LayoutDecoder {
  /** The layout that the memory has. */
  readonly held: string
  /** The layout that it was read as. */
  readonly readAs: string
  /** What a reader of the message may not know of `held` or `readAs`; empty where the names say all. */
  readonly note: string
  /**
   * Where an element of the tensor (index in C order) is among what was read; negative where it was lost. Places at or
   * beyond the length of what was read are lost as well.
   */
  at(index: number): number
}

/** One digit of an address: the coordinate of `axis`, divided by `per`, of which `extent` values occur. */
interface Digit {
  readonly axis: number
  readonly per: number
  readonly extent: number
  readonly stride: number
}

/** A dimension in memory, outermost first. `align`: from one index of it to the next is a multiple of so many elements. */
interface MemoryAxis {
  readonly axis: number
  readonly per?: number
  readonly extent?: number
  readonly align?: number
}

const blocks = [4, 8, 16]
/** Elements in 16 bytes of float32, of 16-bit types, of 8-bit ones: what ncnn's channel step is a multiple of. */
const cstepElements = [4, 8, 16]
const pitchElements = [4, 8, 16, 32, 64]
/** More dimensions that move are too many orders to try: 24 of four. */
const mostMoving = 4
/** A reader that starts so many elements early or late. */
const lags = [1, 2, 3, 4]
/** How many elements are looked at to tell two layouts apart. */
const signatureSize = 1024

/**
 * Every way in which a tensor of this shape may have been read wrongly, the plain one first: the memory has another
 * order of dimensions, blocks of channels (MNN's NC4HW4, ncnn's packing), gaps between channels (ncnn's cstep) or
 * between rows, or was taken for such; or it was read from a few elements on. No two move the elements alike, simpler
 * names come first.
 *
 * @param layout what the dimensions of the shape are.
 */
export function layoutDecoders(shape: readonly number[], layout: Layout = 'NCHW'): readonly LayoutDecoder[] {
  const layouts = memoryLayouts(shape, layout)
  const [plain, ...others] = layouts as [MemoryLayout, ...MemoryLayout[]]
  const count = elementsOf(shape)
  const core = others.filter(({ name }) => isCommon(name))
  const found = [
    misread(plain, plain),
    ...others.map((other) => misreadAsPlain(other, plain)),
    ...others.map((other) => misread(plain, other)),
    ...lags.flatMap((lag) => [shifted(plain, lag, count), shifted(plain, -lag, count)]),
    ...core.flatMap((held) => core.filter((other) => other !== held).map((other) => misread(held, other))),
  ]
  return distinct(found, count)
}

/** The layouts in which a tensor of this shape may lie in memory, its own first; each order of elements once. */
export function memoryLayouts(shape: readonly number[], layout: Layout = 'NCHW'): readonly MemoryLayout[] {
  const letters = lettersOf(shape, layout)
  const all = [
    ...axisOrders(shape).map((order) =>
      makeLayout(
        orderName(letters, shape, order),
        shape,
        order.map((axis) => ({ axis })),
      ),
    ),
    ...channelAxes(shape, layout).flatMap((axis) => channelLayouts(shape, letters, axis)),
    ...(shape.length < 2 ? [] : pitchElements).map((align) =>
      makeLayout(`${letters}+pitch${align}`, shape, aligned(shape, shape.length - 2, align)),
    ),
  ]
  return distinctLayouts(all)
}

/** What the dimensions are called; of a rank that has no names of its own, as ncnn and MNN call them. */
function lettersOf(shape: readonly number[], layout: Layout): string {
  switch (shape.length) {
    case 0:
      return ''
    case 1:
      return 'C'
    case 2:
      return shape[0] === 1 ? 'NC' : 'HW'
    case 3:
      return shape[0] === 1 ? 'NCW' : 'CHW'
    case 4:
      return layout
    case 5:
      return 'NCDHW'
    default:
      return 'NABCDEFGHIJKLMOPQRSTUVWXYZ'.slice(0, shape.length)
  }
}

function isCommon(name: string): boolean {
  return name === 'NHWC' || name === 'HWC' || name === 'NCWH' || /4$|8$|16$/.test(name)
}

/** All orders of the dimensions that are more than 1, the shape's own first. */
function axisOrders(shape: readonly number[]): readonly (readonly number[])[] {
  const axes = [...shape.keys()]
  const moving = axes.filter((axis) => shape[axis]! > 1)
  if (moving.length > mostMoving) return [axes]
  return permutations(moving).map((order) => {
    const left = [...order]
    return axes.map((axis) => (shape[axis]! > 1 ? left.shift()! : axis))
  })
}

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length < 2) return [items]
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  )
}

function orderName(letters: string, shape: readonly number[], order: readonly number[]): string {
  return shape.map((_, i) => letters[order[i]!]).join('')
}

/** The dimensions that engines may take for the channels. */
function channelAxes(shape: readonly number[], layout: Layout): readonly number[] {
  switch (shape.length) {
    case 0:
      return []
    case 1:
      return [0]
    case 4:
      return [layout === 'NHWC' ? 3 : 1]
    case 2:
    case 3:
      return shape[0] === 1 ? [1] : [0, 1]
    default:
      return [1]
  }
}

/** Blocks of channels, and gaps after each channel, with the channels at `axis`. */
function channelLayouts(shape: readonly number[], letters: string, axis: number): readonly MemoryLayout[] {
  const channels = shape[axis]!
  const outer = [...shape.keys()].slice(0, axis)
  const inner = [...shape.keys()].slice(axis + 1)
  const plain = (axes: readonly number[]) => axes.map((other) => ({ axis: other }))
  const name = (x: number) =>
    `${letters.slice(0, axis)}${letters[axis]}${x}${letters.slice(axis + 1)}${inner.length > 0 ? x : ''}`
  const block = (x: number) => ({ axis, per: x, extent: Math.ceil(channels / x) })
  const lane = (x: number) => ({ axis, extent: x })
  const packed = [
    ...blocks.map((x) => makeLayout(name(x), shape, [...plain(outer), block(x), ...plain(inner), lane(x)])),
    // MNN's blocks lie outside the images of a batch.
    ...blocks.map((x) =>
      makeLayout(`C${x}NHW${x}`, shape, [block(x), ...plain(outer), ...plain(inner), lane(x)]),
    ),
    // Channels last, padded to whole blocks.
    ...blocks.map((x) =>
      makeLayout(`${letters.slice(0, axis)}${letters.slice(axis + 1)}${letters[axis]}${x}`, shape, [
        ...plain(outer),
        ...plain(inner),
        lane(x * Math.ceil(channels / x)),
      ]),
    ),
  ]
  const gaps = cstepElements.map((align) =>
    makeLayout(`${letters}+cstep${align}`, shape, aligned(shape, axis, align)),
  )
  return [...packed, ...gaps]
}

/** The shape's own order, with each index of `axis` beginning at a multiple of `align` elements. */
function aligned(shape: readonly number[], axis: number, align: number): readonly MemoryAxis[] {
  return [...shape.keys()].map((own) => (own === axis ? { axis: own, align } : { axis: own }))
}

function makeLayout(name: string, shape: readonly number[], order: readonly MemoryAxis[]): MemoryLayout {
  const steps = shape.map((_, axis) => elementsOf(shape.slice(axis + 1)))
  const digits: Digit[] = []
  let size = 1
  for (const { axis, per = 1, extent = shape[axis]!, align = 1 } of [...order].reverse()) {
    const stride = Math.ceil(size / align) * align
    digits.unshift({ axis, per, extent, stride })
    size = stride * extent
  }
  const coordinates = new Float64Array(shape.length)
  return {
    name,
    size,
    place(index) {
      let place = 0
      for (const { axis, per, extent, stride } of digits) {
        const coordinate = Math.floor(index / steps[axis]!) % shape[axis]!
        place += (Math.floor(coordinate / per) % extent) * stride
      }
      return place
    },
    element(place) {
      if (place >= size) return -1
      coordinates.fill(0)
      let rest = place
      for (const { axis, per, extent, stride } of digits) {
        const digit = Math.floor(rest / stride)
        rest -= digit * stride
        if (digit >= extent) return -1
        coordinates[axis]! += digit * per
      }
      let index = 0
      for (let axis = 0; axis < shape.length; axis++) {
        if (coordinates[axis]! >= shape[axis]!) return -1
        index += coordinates[axis]! * steps[axis]!
      }
      return index
    },
  }
}

/** Memory in one layout, read as if it had another: element i of the reader is what lies where `readAs` has it. */
function misread(held: MemoryLayout, readAs: MemoryLayout): LayoutDecoder {
  return {
    held: held.name,
    readAs: readAs.name,
    note: [held.name, readAs.name].map(noteOf).find((note) => note !== '') ?? '',
    at: (index) => readAs.element(held.place(index)),
  }
}

/** Memory in some layout, read one element after another: as far as the reader went, padding included. */
function misreadAsPlain(held: MemoryLayout, plain: MemoryLayout): LayoutDecoder {
  return { ...misread(held, plain), at: (index) => held.place(index) }
}

function noteOf(name: string): string {
  const gap = /\+(cstep|pitch)(\d+)$/.exec(name)
  if (gap?.[1] === 'cstep') {
    const type = { 4: 'float32', 8: '16-bit values', 16: 'bytes' }[gap[2]!] ?? ''
    return `each channel begins at a multiple of 16 bytes, as in an ncnn::Mat (cstep) of ${type}`
  }
  if (gap) return `each row begins at a multiple of ${gap[2]} elements`
  const block = /(\d+)$/.exec(name)?.[1]
  return block === undefined ? '' : `channels lie in blocks of ${block}, the last one padded`
}

function shifted(plain: MemoryLayout, lag: number, count: number): LayoutDecoder {
  const from = lag > 0 ? `${lag} elements late` : `${-lag} elements early`
  return {
    held: plain.name,
    readAs: `${plain.name} from ${from}`.replace(/\b1 elements/, '1 element'),
    note: '',
    at: (index) => (index - lag < count ? index - lag : -1),
  }
}

/** Those that move elements like an earlier one are left out. */
function distinct(decoders: readonly LayoutDecoder[], count: number): readonly LayoutDecoder[] {
  const found = new Map<string, LayoutDecoder>()
  for (const decoder of decoders) {
    const signature = signatureOf((index) => decoder.at(index), count)
    if (!found.has(signature)) found.set(signature, decoder)
  }
  return [...found.values()]
}

function distinctLayouts(layouts: readonly MemoryLayout[]): readonly MemoryLayout[] {
  const found = new Map<string, MemoryLayout>()
  for (const layout of layouts) {
    // Padding at the end makes a difference where what was read is longer than the tensor.
    const count = layout.size
    const signature = `${count}:${signatureOf((place) => layout.element(place), count)}`
    if (!found.has(signature)) found.set(signature, layout)
  }
  return [...found.values()]
}

function signatureOf(map: (index: number) => number, count: number): string {
  const step = Math.max(1, count / signatureSize)
  let signature = ''
  for (let at = 0; at < count; at += step) signature += `${map(Math.floor(at))},`
  return `${signature}${count > 0 ? map(count - 1) : ''}`
}
