import { answering } from '../../errors/answering.js'
import { describeValue } from '../../errors/words.js'
import { readText } from '../../file/readText.js'
import { sidecarError } from './parseSidecar.js'

/**
 * Reads names of classes: JSON (a list, names by class number, or a Hugging Face config with `id2label` or
 * `label_names`), else a name a line. Throws TWINFER_SIDECAR_INVALID with the class that has none.
 */
export const readLabels = answering('readLabels', async function readLabels(path: string): Promise<
  readonly string[]
> {
  const text = (await readText(path)).replace(/^\uFEFF/, '')
  if (/^\s*[[{]/.test(text)) {
    const value = parsed(text)
    if (value !== undefined) return labelsOf(value, path)
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  while (lines.at(-1) === '') lines.pop()
  if (lines.length === 0) throw sidecarError(path, 'expected a name of a class on each line, received none')
  const empty = lines.indexOf('')
  if (empty >= 0) throw sidecarError(path, `expected a name on line ${empty + 1}, received none`)
  return lines
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a line may begin with a bracket
  }
}

/** Names by class number or a list. Throws TWINFER_SIDECAR_INVALID. `name` is the file's, for messages. */
export function labelsOf(value: unknown, name: string): readonly string[] {
  const { id2label, label_names } = (value ?? {}) as Readonly<Record<string, unknown>>
  const held = id2label ?? label_names ?? value
  const entries = Object.entries(held as object)
  const labels: string[] = []
  for (const [key, label] of entries) {
    const index = Number(key)
    const isNext = /^\d+$/.test(key) && index < entries.length
    if (!isNext || typeof label !== 'string' || label === '') {
      throw sidecarError(
        name,
        `labels: expected a name for each class from 0 to ${entries.length - 1}, received ${typeof label === 'string' ? JSON.stringify(label).slice(0, 60) : describeValue(label)} for '${key}'`,
      )
    }
    labels[index] = label
  }
  if (labels.length === 0) throw sidecarError(name, 'labels: expected names of classes, received none')
  return labels
}
