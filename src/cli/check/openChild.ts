import { openHere } from '../../check/tryOpening.js'
import { errorDocument } from '../output/errorDocument.js'
import { leaveWithParent } from '../supervise/leaveWithParent.js'

leaveWithParent()
const [path = '', engine] = process.argv.slice(2)
const failure = await openHere(path, engine === 'mnn' ? 'mnn' : 'ncnn').then(
  () => undefined,
  (error: unknown) => errorDocument(error),
)
process.send?.(failure ?? null)
