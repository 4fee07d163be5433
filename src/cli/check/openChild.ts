import { openHere } from '../../check/tryOpening.js'
import { errorDocument } from '../CommandResult.js'
import { leaveWithParent } from '../processes.js'

leaveWithParent()
const [path = '', engine] = process.argv.slice(2)
const failure = await openHere(path, engine === 'mnn' ? 'mnn' : 'ncnn').then(
  () => undefined,
  (error: unknown) => errorDocument(error),
)
process.send?.(failure ?? null)
