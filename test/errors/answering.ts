// What a function of the package throws that nobody expected: of a wrong argument it says so, of its own faults too.
import t from 'tap'
import { answering } from '../../dist/errors/answering.js'

function broken(): never {
  throw new TypeError("Cannot read properties of undefined (reading 'shape')")
}

t.test('a fault over a file is no answer to the file', async (t) => {
  const read = answering('readThing', async (_: string) => broken())
  await t.rejects(read('file.npz'), {
    name: 'TwinferError',
    code: 'TWINFER_INTERNAL',
    message: /^readThing: Cannot read/,
    help: /fault of twinfer: please report it with the file/,
    cause: TypeError,
  })
})

t.test('what an argument may have done is said of the argument', async (t) => {
  const take = answering('takeThing', (..._: unknown[]) => broken())
  for (const args of [
    [],
    [7],
    [
      {
        get shape() {
          return broken()
        },
      },
    ],
    ['file.npz', {}],
  ])
    t.throws(() => take(...args), { code: 'TWINFER_INVALID_ARGUMENT', help: /arguments cannot be used/ })
})
