import { createRequire } from 'node:module'

/** Version of the optional onnxruntime-node, or null where it is not installed. */
export function onnxruntimeVersion(): string | null {
  try {
    return (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version
  } catch {
    return null
  }
}
