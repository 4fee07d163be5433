import type { MnnOp } from '../inspect/mnn/MnnReport.js'

/** Where a model's tensor appears while MNN runs: an output of one of the commands it executes. */
export interface MnnBlob {
  readonly op: MnnOp
  readonly blob: string
  readonly command: number
  readonly output: number
}

/** A command's name is its operator's, or that with a number for those that MNN's geometry step made of it. */
const generated = /_raster_\d+$/

/**
 * Finds the tensors of a model among the commands that run it, in the order of execution. An operator that was
 * cut into several shows its result in the last of them; one whose outputs are copied together one by one (a
 * Split) shows one in each. Tensors that MNN reads through without computing them appear nowhere.
 */
export function mnnBlobs(ops: readonly MnnOp[], commandNames: readonly string[]): readonly MnnBlob[] {
  const byName = new Map(ops.map((op) => [op.name, op]))
  const commands = new Map<MnnOp, number[]>()
  for (const [command, name] of commandNames.entries()) {
    const op = byName.get(name) ?? byName.get(name.replace(generated, ''))
    if (op) commands.set(op, [...(commands.get(op) ?? []), command])
  }
  const blobs = [...commands].flatMap(([op, own]) => blobsOf(op, own, commandNames))
  return blobs.sort((a, b) => a.command - b.command || a.output - b.output)
}

function blobsOf(op: MnnOp, commands: readonly number[], names: readonly string[]): readonly MnnBlob[] {
  const last = commands.at(-1)!
  if (op.outputs.length === 1) return [{ op, blob: op.outputs[0]!, command: last, output: 0 }]
  if (!generated.test(names[last]!)) {
    return op.outputs.map((blob, output) => ({ op, blob, command: last, output }))
  }
  if (commands.length !== op.outputs.length) return []
  return op.outputs.map((blob, i) => ({ op, blob, command: commands[i]!, output: 0 }))
}
