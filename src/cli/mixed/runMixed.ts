import type { PairableInput } from '../../compare/outputs/pairInputs.js'
import { findMixedPrecision } from '../../diagnose/mixed/findMixedPrecision.js'
import type { MixedOutcome } from '../../diagnose/mixed/MixedPrecision.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { suggest } from '../../errors/words.js'
import { ModelFile } from '../../file/ModelFile.js'
import type { NamedTensors } from '../../tensor/requireTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { CommandResult, ExitCode } from '../CommandResult.js'
import type { GivenInput } from '../inputs/assignInputs.js'
import { readInputs } from '../inputs/readInputs.js'
import type { ModelOptions } from '../models/ModelOptions.js'
import { runnableOptions } from '../pack/givenInputs.js'
import { printMixed } from './printMixed.js'

/** What `twinfer mixed` is asked. */
export interface MixedRequest extends ModelOptions {
  readonly model: string
  readonly reference: string
  readonly input?: readonly string[]
  readonly minSqnr: number
  readonly emulateFp16?: boolean
  readonly out: string
  readonly force?: boolean
}

const exitCodes: Readonly<Record<MixedOutcome, ExitCode>> = {
  found: 0,
  'nothing-needed': 0,
  unreachable: 1,
  unsupported: 1,
}

/** `twinfer mixed`. */
export async function runMixed(request: MixedRequest): Promise<CommandResult> {
  const { reference, input, minSqnr: minSqnrDb, emulateFp16, out, force } = request
  const file = await ModelFile.from(request.model)
  file.requireConverted()
  const given = await readInputs(input)
  const { param: _, ...document } = await findMixedPrecision(file, {
    ...(await runnableOptions(file, request)),
    reference,
    minSqnrDb,
    out,
    force,
    emulateFp16,
    ...(given.length > 0 && { inputs: (infos: readonly PairableInput[]) => runsOf(given, infos) }),
  })
  return { exitCode: exitCodes[document.outcome], document, text: printMixed(document) }
}

/**
 * The inputs of several runs, in the order in which they were given: a run ends where a name comes again, or where it has
 * all that the reference needs. Throws TWINFER_USAGE where some have names and some have none, TWINFER_UNKNOWN_INPUT for
 * a name that the reference does not have, and TWINFER_MISSING_INPUT
 * where the last run lacks some.
 */
export function runsOf(
  given: readonly GivenInput[],
  infos: readonly PairableInput[],
): readonly NamedTensors[] {
  const isNamed = given[0]?.name !== undefined
  const stray = given.find(({ name }) => (name !== undefined) !== isNamed)
  if (stray) {
    throw new TwinferError(
      'TWINFER_USAGE',
      `expected a name for every input or for none, received ${given[0]!.file} and ${stray.file}`,
      { help: 'Give them as -i NAME=FILE, or all in the order of the reference.' },
    )
  }
  const known = infos.map(({ name }) => name)
  const unknown = given.find(({ name }) => name !== undefined && !known.includes(name))
  if (unknown) {
    throw new TwinferError(
      'TWINFER_UNKNOWN_INPUT',
      `the reference has no input '${unknown.name}': expected ${known.map((name) => `'${name}'`).join(', ')}`,
      { help: suggest(unknown.name!, known) },
    )
  }
  const needed = infos.filter(({ unused }) => !unused).map(({ name }) => name)
  const runs: Record<string, Tensor>[] = []
  let run: Record<string, Tensor> | undefined
  for (const { name, tensor } of given) {
    const isFull = run && (isNamed ? name! in run : Object.keys(run).length >= needed.length)
    if (run === undefined || isFull) {
      run = Object.create(null) as Record<string, Tensor>
      runs.push(run)
    }
    run[name ?? needed[Object.keys(run).length]!] = tensor
  }
  const [missing] = runs.flatMap((each) => needed.filter((name) => !(name in each)))
  if (missing === undefined) return runs
  throw new TwinferError(
    'TWINFER_MISSING_INPUT',
    `nothing is given for the input '${missing}' of one of ${runs.length} runs`,
    {
      help: `The reference needs ${needed.map((name) => `'${name}'`).join(', ')} for each run.`,
    },
  )
}
