// The newest Node.js for 32-bit ARM on npm is 20.11, and zlib.crc32 came with 20.15: this stands in for it, for tests
// alone. The package itself asks for 20.19.
import { register } from 'node:module'
import zlib from 'node:zlib'

const dataUrl = (source) => `data:text/javascript,${encodeURIComponent(source)}`

const withCrc32 = dataUrl(`
  export * from 'node:zlib'
  export function crc32(data, start = 0) {
    let crc = ~start
    for (const byte of Buffer.from(data)) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320)
    }
    return ~crc >>> 0
  }`)

if (!zlib.crc32)
  register(
    dataUrl(`export const resolve = (specifier, context, next) =>
      specifier === 'node:zlib' && context.parentURL.startsWith('file:')
        ? { url: ${JSON.stringify(withCrc32)}, shortCircuit: true }
        : next(specifier, context)`),
  )
