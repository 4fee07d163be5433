import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { mnnWeightRanges } from '../../bench/lib/mnnWeightRanges.mjs'
import { random } from '../../bench/lib/mutations.mjs'
import { stormOfMnn } from './stormOfMnn.mjs'
import { stormOfNcnn } from './stormOfNcnn.mjs'

/** What there is of models to mutate; `input` is the .npy beside one. */
export function readModels(paths, engine) {
  return paths.map((path) => {
    const input = join(dirname(path), 'input.npy')
    return {
      name: `${basename(dirname(path))}/${basename(path)}`,
      input: existsSync(input) ? input : undefined,
      ...(engine === 'mnn' ? readMnn : readNcnn)(path),
    }
  })
}

/**
 * A function from a number to a mutation of one of the models: what was done, and the files before and after, by name, the
 * one to open first. It is the same for the same models, seed and number.
 */
export function mutationsOf(models, engine, seed) {
  return (number) => {
    const next = random(seed * 1_000_003 + number)
    const pick = () => models[Math.floor(next() * models.length)]
    const own = pick()
    const { what, ...changed } = (engine === 'mnn' ? stormOfMnn : stormOfNcnn)(own, pick(), next)
    return {
      number,
      model: own.name,
      input: own.input,
      what,
      original: filesOf(own),
      changed: filesOf({ ...own, ...changed }),
    }
  }
}

const readNcnn = (model) => ({
  param: readFileSync(model, 'utf8'),
  bin: readFileSync(model.replace(/\.param$/, '.bin')),
})

const readMnn = (model) => ({
  content: readFileSync(model),
  weights: mnnWeightRanges(model),
  beside: existsSync(`${model}.weight`) ? readFileSync(`${model}.weight`) : undefined,
})

/** The files of a model by the names that they are opened under. */
export function filesOf({ param, bin, content, beside }) {
  if (content) return { 'net.mnn': content, ...(beside ? { 'net.mnn.weight': beside } : {}) }
  return { 'net.param': Buffer.from(param), 'net.bin': bin }
}
