/** A tuple, as opposed to a list: the header's `shape` must be one. */
export interface PythonTuple {
  readonly tuple: readonly PythonLiteral[]
}

export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | PythonTuple
  | readonly PythonLiteral[]
  | ReadonlyMap<string, PythonLiteral>
