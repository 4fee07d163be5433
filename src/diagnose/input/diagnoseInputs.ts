import { type Findings, nothing } from '../Findings.js'
import type { Sample } from '../Sample.js'
export async function diagnoseInputs(_: readonly Sample[], __: object): Promise<Findings> {
  return nothing
}
