// node freshLoad.mjs MODEL INPUT THREADS: milliseconds of open() and a first run in this new process, the
// addon itself being loaded before, as the C++ program's code is.
import { open, readNpy } from 'twinfer'
import { native } from '../../dist/native/native.js'

const [file, inputFile, threads] = process.argv.slice(2)
const input = await readNpy(inputFile)
native()
const started = performance.now()
const model = await open(file, { precision: 'fp32', threads: Number(threads) })
model.runSync(input)
console.log(performance.now() - started)
await model.dispose()
