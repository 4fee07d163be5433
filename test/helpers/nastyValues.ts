import { Tensor } from '../../dist/index.js'

const thrower = () => {
  throw new Error('trap')
}

/** JavaScript values that no function wants, made anew: whoever gets one may change it. */
export function nastyValues(): readonly unknown[] {
  const revoked = (target: object) => {
    const { proxy, revoke } = Proxy.revocable(target, {})
    revoke()
    return proxy
  }
  const detach = (array: Float32Array) => {
    structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] })
    return array
  }
  const lost = new Tensor(new Float32Array(4), [4])
  detach(lost.data as Float32Array)
  const circle: unknown[] = []
  circle.push(circle)
  const four = new Float32Array(4)
  return [
    ...[undefined, null, true, 0, -0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 10n],
    ...['', 'x', '/nonexistent/x.mnn', '/', 'a\0b', Symbol('s'), new String('x'), Buffer.from('zz')],
    ...[() => {}, class {}, {}, [], [null], [undefined], [{}], Object.create(null), circle, new Array(1e5)],
    // biome-ignore lint/suspicious/noSparseArray: one with a hole is what is asked
    [, 1],
    ...[new Proxy({}, {}), revoked({}), revoked([]), revoked(four), new Proxy(four, {}), new Proxy(lost, {})],
    new Proxy({}, { get: thrower, ownKeys: thrower, has: thrower, getPrototypeOf: thrower }),
    ...[detach(new Float32Array(4)), lost, resized(), new Float32Array(new SharedArrayBuffer(16))],
    ...[new DataView(new ArrayBuffer(8)), new ArrayBuffer(8), new BigInt64Array(2), new Uint8Array(0), four],
    ...[new Date(Number.NaN), new Map(), new Set([1]), /x/, new Error('e'), Promise.resolve(1), globalThis],
    {
      get x() {
        return thrower()
      },
    },
    {
      get name() {
        return thrower()
      },
      get length() {
        return thrower()
      },
      get data() {
        return thrower()
      },
    },
    { data: four, shape: [4], dtype: 'float32', layout: 'NCHW' },
    Object.setPrototypeOf({}, Tensor.prototype),
    Object.assign(Object.create(Tensor.prototype), { data: 'x', shape: 3 }),
    new Tensor(new Float32Array(4), [4]),
    ...[{ toString: thrower }, { [Symbol.toPrimitive]: thrower }, { __proto__: null, toString: 1 }],
    ...[
      { length: -1 },
      { length: 2 ** 53 },
      { constructor: null },
      {
        constructor: {
          get name() {
            return thrower()
          },
        },
      },
    ],
    ...[new URL('file:///nonexistent'), new URL('http://a/b')],
    ...[[2 ** 31, 2 ** 31], [-1, 4], [1e9], [Number.NaN]],
  ]
}

/** Over memory that has shrunk beneath it, where the runtime has such. */
function resized(): unknown {
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: object,
  ) => ArrayBuffer & { resize(n: number): void }
  const buffer = new Resizable(16, { maxByteLength: 32 })
  const view = new Float32Array(buffer, 0, 4)
  buffer.resize?.(4)
  return view
}
