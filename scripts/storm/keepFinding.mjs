import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { byChanges, minimise } from './minimise.mjs'

/** Tries of each kind: one that hangs takes its whole patience. */
const tries = { crashed: 60, hung: 8 }
const otherTries = 40

/**
 * Writes the smallest files that still fail in the same way, with a JSON that says what they are, into a folder of their
 * own. `opener` makes an Opener: each try has a process of its own, because what a model before it broke must not count.
 */
export async function keepFinding(mutation, result, { folder, opener }) {
  const { parts: changes, filesOf, show } = mutation.reduction ?? byChanges(mutation)
  const failsAlone = async (changes) => {
    const alone = opener()
    const { kind } = await alone.try(filesOf(changes), mutation.input)
    const signal = await alone.end()
    return (signal ? 'crashed' : kind) === result.kind
  }
  const alone = await failsAlone(changes)
  const fewest = alone ? await minimise(changes, failsAlone, tries[result.kind] ?? otherTries) : changes
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(filesOf(fewest))) writeFileSync(join(folder, name), content)
  const said = { ...result, alone, changes: changes.length, left: fewest.length, input: mutation.input }
  // A slice can be kilobytes of other bytes; what it was is in `what`.
  const shown = fewest.slice(0, 50).map(show)
  writeFileSync(join(folder, 'storm.json'), `${JSON.stringify({ ...said, fewest: shown }, null, 2)}\n`)
  return { folder, alone, changes: changes.length, left: fewest.length }
}
