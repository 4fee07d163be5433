#!/usr/bin/env node
// Builds cpp/format as WebAssembly into dist/, for platforms that the addon is not built for. Prints its size.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { buildWasm, wasmFile } from './wasm/buildWasm.mjs'

const MOST_BYTES = 500e3
const MOST_GZIPPED = 150e3

try {
  await buildWasm()
  const content = readFileSync(wasmFile)
  const gzipped = gzipSync(content, { level: 9 }).length
  console.log(`${wasmFile}: ${content.length} bytes, ${gzipped} gzipped`)
  if (content.length > MOST_BYTES || gzipped > MOST_GZIPPED)
    throw new Error(`it has more than ${MOST_BYTES} bytes, or more than ${MOST_GZIPPED} gzipped`)
} catch (error) {
  process.stderr.write(`twinfer: the WebAssembly build failed.\n${error.message}\n`)
  process.exitCode = 1
}
