import { answering } from '../../errors/answering.js'
import { suggest } from '../../errors/words.js'
import type { ModelDigest } from '../../file/FileOrBytes.js'
import { inputContradiction, type ModelTensor } from './imageInputs.js'
import type { Sidecar, SidecarOutput } from './Sidecar.js'
import { digestWarning } from './sidecarFile.js'

/** One way in which a sidecar and its model do not go together. */
export interface SidecarFinding {
  readonly code: 'digest-differs' | 'unknown-input' | 'input-differs' | 'unknown-output' | 'labels-differ'
  readonly message: string
}

/** Holds a sidecar against the model's files: their digest, that inputs and outputs exist, and that sizes agree. */
export const verifySidecar = answering(
  'verifySidecar',
  function verifySidecar(
    path: string,
    sidecar: Sidecar,
    model: { readonly inputs: readonly ModelTensor[]; readonly outputs: readonly ModelTensor[] },
    digest: ModelDigest,
  ): readonly SidecarFinding[] {
    return [
      ...digestFindings(path, sidecar, digest),
      ...inputFindings(sidecar, model.inputs),
      ...outputFindings(sidecar, model.outputs),
    ]
  },
)

function* digestFindings(path: string, sidecar: Sidecar, digest: ModelDigest): Generator<SidecarFinding> {
  const message = digestWarning(sidecar, digest, path)
  if (message !== undefined) yield { code: 'digest-differs', message }
}

function* inputFindings({ inputs }: Sidecar, known: readonly ModelTensor[]): Generator<SidecarFinding> {
  for (const [name, record] of Object.entries(inputs)) {
    const input = known.find((other) => other.name === name)
    if (input === undefined) {
      yield { code: 'unknown-input', message: unknown('input', name, known) }
      continue
    }
    const message = inputContradiction(input, record)
    if (message !== undefined) yield { code: 'input-differs', message }
  }
}

function* outputFindings({ outputs }: Sidecar, known: readonly ModelTensor[]): Generator<SidecarFinding> {
  for (const [name, described] of Object.entries(outputs)) {
    const output = known.find((other) => other.name === name)
    if (output === undefined) {
      yield { code: 'unknown-output', message: unknown('output', name, known) }
      continue
    }
    const message = labelsContradiction(output, described)
    if (message !== undefined) yield { code: 'labels-differ', message }
  }
}

function unknown(what: string, name: string, known: readonly ModelTensor[]): string {
  const names = known.map((tensor) => tensor.name)
  return `the model has no ${what} '${name}': expected ${names.join(', ')}. ${suggest(name, names)}`.trim()
}

/** Of labels that are not as many as the classes, in words; a background class too many or too few is the usual one. */
export function labelsContradiction(
  { name, shape }: ModelTensor,
  { meaning, labels }: SidecarOutput,
): string | undefined {
  if (labels === undefined || typeof labels === 'string' || !shape) return undefined
  const axis = meaning === 'mask' ? shape.length - 3 : shape.length - 1
  const classes = shape[axis] ?? -1
  const hasClasses = meaning === 'logits' || meaning === 'probabilities' || meaning === 'mask'
  if (!hasClasses || classes <= 1 || classes === labels.length) return undefined
  return `the output '${name}' has ${classes} classes, the sidecar ${labels.length} labels`
}
