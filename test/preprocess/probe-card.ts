import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { compareTensors } from '../../src/compare/measure/compareTensors.js'
import { decodeImage } from '../../src/preprocess/decodeImage.js'
import type { Pixels, Preprocessing } from '../../src/preprocess/Preprocessing.js'
import { preprocess } from '../../src/preprocess/preprocess.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { projectPath } from '../helpers/projectPath.js'

const card = await decodeImage(projectPath('assets/probe-card.png'))

const plain: Preprocessing = {
  size: { width: 224, height: 224 },
  order: 'RGB',
  fit: 'cover',
  cropPct: 0.875,
  resampler: 'pillow',
  interpolation: 'bilinear',
}

/** Inputs of one size that differ in one thing each from the first. */
const ways: Readonly<
  Record<string, { readonly record?: Partial<Preprocessing>; readonly pixels?: Partial<Pixels> }>
> = {
  plain: {},
  'channels exchanged': { record: { order: 'BGR' } },
  'another share': { record: { cropPct: 0.95 } },
  'all of it': { record: { cropPct: 1 } },
  stretched: { record: { fit: 'stretch' } },
  letterboxed: { record: { fit: 'letterbox', cropPct: undefined } },
  nearest: { record: { interpolation: 'nearest' } },
  bicubic: { record: { interpolation: 'bicubic' } },
  lanczos: { record: { interpolation: 'lanczos' } },
  'not smoothed': { record: { resampler: 'opencv' } },
  mirrored: { pixels: { orientation: 2 } },
  'half turn': { pixels: { orientation: 3 } },
  transposed: { pixels: { orientation: 5 } },
  'quarter turn': { pixels: { orientation: 6 } },
  'rows at the wrong length': { pixels: { width: 367, height: 523 } },
}

/** Rounding to 8 bits leaves more; bicubic and Lanczos, which are the nearest two, leave 36 dB. */
const toldApartDb = 38

t.test('every two ways of preprocessing give inputs that differ', async (t) => {
  const made = Object.entries(ways).map(([name, { record, pixels }]) => ({
    name,
    tensor: preprocess({ ...card, ...pixels }, { ...plain, ...record }),
  }))
  for (const [at, a] of made.entries()) {
    for (const b of made.slice(at + 1)) {
      const { sqnrDb } = compareTensors(a.tensor, b.tensor)
      t.ok((sqnrDb ?? 0) < toldApartDb, `${a.name} and ${b.name} agree to ${sqnrDb} dB`)
    }
  }
})

t.test('the command writes it whole, and says where', async (t) => {
  const folder = t.testdir()
  const out = join(folder, 'card.png')
  writeFileSync(out, 'something else')
  const { json } = cliJson<{ bytes: number; width: number }>(['probe-card', '-o', out])
  t.match(json, { width: card.width, bytes: readFileSync(out).length })
  t.same(readFileSync(out), readFileSync(projectPath('assets/probe-card.png')))
  t.equal(cli(['probe-card']).status, 2)
  const missing = cliJson<ErrorJson>(['probe-card', '-o', join(folder, 'none/card.png')])
  t.equal(missing.json.error.code, 'TWINFER_FILE_NOT_FOUND')
})
