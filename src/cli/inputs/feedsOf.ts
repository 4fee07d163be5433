import type { Tensor } from '../../tensor/Tensor.js'
import type { AssignedInput } from './assignInputs.js'
import { convertInput } from './convertInput.js'

/** What `model.run()` takes. The object has no prototype, so that an input may be called `__proto__`. */
export function feedsOf(
  assigned: readonly AssignedInput[],
  notes: string[],
): Readonly<Record<string, Tensor>> {
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const input of assigned) feeds[input.info.name] = convertInput(input, notes)
  return feeds
}
