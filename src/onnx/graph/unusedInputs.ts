import type { OnnxGraph } from './OnnxGraph.js'

/**
 * The inputs that no output depends on; converters drop them. None where a node holds a subgraph (If, Loop), which may
 * read any tensor around it and is not looked into.
 */
export function unusedInputs({ nodes, inputs, outputs }: OnnxGraph): ReadonlySet<string> {
  if (nodes.some(({ attributes }) => Object.values(attributes).includes(null))) return new Set()
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const needed = new Set(outputs.map(({ name }) => name))
  for (const name of needed) for (const read of producers.get(name)?.inputs ?? []) needed.add(read)
  return new Set(inputs.map(({ name }) => name).filter((name) => !needed.has(name)))
}
