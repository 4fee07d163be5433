import { openHere } from '../../check/tryOpening.js'
import { ModelFile } from '../../file/ModelFile.js'
import { leaveWithParent } from '../../process/childProcesses.js'
import { errorDocument } from '../CommandResult.js'

leaveWithParent()
const [path = '', engine] = process.argv.slice(2)
const failure = await ModelFile.from(path, { engine: engine === 'mnn' ? 'mnn' : 'ncnn' })
  .then(openHere)
  .then(
    () => undefined,
    (error: unknown) => errorDocument(error),
  )
process.send?.(failure ?? null)
