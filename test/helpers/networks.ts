import { readNpy, type Tensor } from 'twinfer'
import { fixture } from './fixtures.js'

export const engineFiles = { ncnn: 'model.ncnn.param', mnn: 'model.mnn' } as const

export type Engine = keyof typeof engineFiles

export const engines = Object.keys(engineFiles) as Engine[]

/** The input and the reference output of a fixture network, and its file for an engine. */
export async function network(name: string, engine: Engine) {
  return {
    file: fixture(`${name}/${engineFiles[engine]}`),
    input: await readNpy(fixture(`${name}/input.npy`)),
    expected: await readNpy(fixture(`${name}/expected.npy`)),
  }
}

export function maxAbsError(a: Tensor, b: Tensor): number {
  let most = 0
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(Number(a.data[i]) - Number(b.data[i]))
    if (!(error <= most)) most = error
  }
  return most
}
