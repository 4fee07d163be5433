import type { Engine } from './networks.js'

/**
 * The limit for a network with sigmoids, tanh or softmax. On ARM the engines' exponentials are approximations, also in
 * fp32: MNN's are polynomials of the fifth degree, ncnn's on 32 bits divide by an estimate. 2e-5 was seen where x86 has
 * 1e-6.
 */
export function withExponentials(engine: Engine, limit: number): number {
  const approximated = process.arch === 'arm' || (process.arch === 'arm64' && engine === 'mnn')
  return approximated ? Math.max(limit, 3e-5) : limit
}
