import type { Engine } from './networks.js'

const polynomial = process.arch === 'arm64' || process.arch === 'arm'

/**
 * The limit for a network with sigmoids, tanh or softmax. On ARM MNN's exponentials are polynomials of the fifth
 * degree, also in fp32: 1.6e-5 was seen where x86 has 1e-6.
 */
export function withExponentials(engine: Engine, limit: number): number {
  return engine === 'mnn' && polynomial ? Math.max(limit, 3e-5) : limit
}
