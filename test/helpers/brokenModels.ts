import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedBroken, sharedModels } from './shared.js'

interface BrokenModel {
  readonly case: string
  readonly engine: string
  readonly base_model: string
}

/** What ../shared/broken holds. */
export function brokenModels(): readonly BrokenModel[] {
  return JSON.parse(readFileSync(join(sharedBroken()!, 'index.json'), 'utf8'))
}

/** Lays the broken files over those of the model that they were made from; returns the path of what is to be opened. */
export function layBroken(folder: string, { case: name, engine, base_model: base }: BrokenModel): string {
  const under = join(sharedModels()!, base)
  for (const source of [...(existsSync(under) ? [under] : []), join(sharedBroken()!, name)])
    for (const file of readdirSync(source))
      if (/^model\./.test(file)) cpSync(join(source, file), join(folder, file), { force: true })
  return join(folder, engine === 'mnn' ? 'model.mnn' : 'model.ncnn.param')
}
