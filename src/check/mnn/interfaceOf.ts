import type { TensorSummary } from '../../inspect/ModelSummary.js'
import { inputFields } from '../../inspect/mnn/mnnFields.js'
import type { MnnModel } from './MnnModel.js'
import { parameterKind } from './mnnSlots.js'
import { unlessDamaged } from './unlessDamaged.js'

/** What goes into a network and comes out of it; shapes of outputs are not in the file. */
export function interfaceOf({ operators, outputNames, tensorNames }: MnnModel): {
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
} {
  const describe = (name: string, shape: readonly number[] | null): TensorSummary => ({
    name,
    shape,
    dtype: 'float32',
    layout: 'NCHW',
  })
  const consumed = new Set(operators.flatMap(({ inputs }) => inputs))
  const unread = operators.flatMap(({ outputs }) => outputs.filter((tensor) => !consumed.has(tensor)))
  const outputs = outputNames.length > 0 ? outputNames : unread.map((tensor) => tensorNames[tensor] ?? '')
  return {
    inputs: operators
      .filter(({ kind, type, main }) => type === 'Input' && kind === parameterKind.Input && main)
      .map(({ main, name }) => {
        const dims = unlessDamaged(() => main!.ints(inputFields.dims, name))
        return describe(name, dims?.map((size) => (size > 0 ? size : -1)) ?? null)
      }),
    outputs: outputs.map((name) => describe(name, null)),
  }
}
