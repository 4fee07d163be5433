import { answeringMethods } from '../errors/answering.js'
import { nameInputs } from '../model/nameInputs.js'
import type { TensorInfo } from '../model/options.js'
import { describeInputs } from '../onnx/describeValues.js'
import type { OnnxGraph } from '../onnx/graph/OnnxGraph.js'
import { type OnnxFile, openOnnxFile } from '../onnx/OnnxFile.js'
import type { OnnxOptions, OnnxSession } from '../onnx/OnnxRuntime.js'
import { feedsFor, namedSizes, planFetches, runSession } from '../onnx/runSession.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import type { LayerTracer, TraceInputs, TraceStep, VisitLayer } from './LayerTracer.js'
import { showBlob } from './showBlob.js'

/**
 * Traces an .onnx: every intermediate tensor of floating-point numbers becomes an output of the graph. Subgraphs
 * of If and Loop are not looked into, and weights (Constant nodes) are no layers.
 */
export class OnnxTracer implements LayerTracer {
  readonly engine = 'onnx'
  readonly steps: readonly TraceStep[]

  readonly inputs: readonly TensorInfo[]

  private constructor(private readonly file: OnnxFile) {
    const { nodes, initializers, inputs } = file.graph
    this.steps = onnxSteps(nodes, initializers)
    this.inputs = describeInputs(
      file.path,
      file.graph,
      inputs.map(({ name, shape, dtype }) => ({ name, shape, type: dtype, isTensor: true })),
    )
  }

  /** Throws what `openOnnx` throws, except that onnxruntime sees the model only when it is traced. */
  static async open(path: string, options: OnnxOptions = {}): Promise<OnnxTracer> {
    return new OnnxTracer(await openOnnxFile(path, options))
  }

  /**
   * Runs once for every 128 MiB of tensors. Each time only what is looked at is an output: onnxruntime would keep
   * all outputs until the run ends, also those that nobody fetches.
   */
  async trace(given: TraceInputs, visit: VisitLayer): Promise<void> {
    const inputs = nameInputs(this.inputs, given)
    const feeds = feedsFor(this.file.runtime.runtime, this.inputs, inputs)
    const steps = new Map(this.steps.flatMap((step) => step.outputs.map((blob) => [blob, step] as const)))
    let index = 0
    const show = async (session: OnnxSession, blobs: readonly string[]) => {
      for (const [blob, tensor] of Object.entries(await runSession(session, feeds, blobs))) {
        const { name, type } = steps.get(blob)!
        showBlob(visit, { index: index++, name, type, blob }, tensor)
      }
    }
    const blobs = [...steps.keys()]
    const sizes = await this.#namedSizes(inputs)
    const parts = await this.#withSession(blobs, sizes, async (session) => {
      const planned = planFetches(blobs, session.outputMetadata)
      if (planned.length === 1) await show(session, planned[0]!)
      return planned
    })
    if (parts.length === 1) return
    for (const part of parts) await this.#withSession(part, sizes, (session) => show(session, part))
  }

  /** Nothing is held between traces. */
  async dispose(): Promise<void> {}

  /** What a dimension that has only a name is in this run. */
  async #namedSizes(inputs: NamedTensors): Promise<Readonly<Record<string, number>>> {
    if (this.inputs.every(({ shape }) => shape && !shape.includes(-1))) return {}
    return this.#withSession([], {}, async ({ inputMetadata }) => namedSizes(inputMetadata, inputs))
  }

  async #withSession<T>(
    blobs: readonly string[],
    sizes: Readonly<Record<string, number>>,
    use: (session: OnnxSession) => Promise<T>,
  ): Promise<T> {
    const session = await this.file.createSession(blobs, sizes)
    try {
      return await use(session)
    } finally {
      await session.release()
    }
  }
}

answeringMethods(OnnxTracer)

/** The nodes that compute something from the model's inputs or from each other; weights are no inputs of theirs. */
export function onnxSteps(
  nodes: OnnxGraph['nodes'],
  initializers: OnnxGraph['initializers'],
): readonly TraceStep[] {
  const isConstant = ({ opType }: { readonly opType: string }) => opType === 'Constant'
  const weights = new Set([
    ...initializers.keys(),
    ...nodes.filter(isConstant).flatMap((node) => node.outputs),
  ])
  // An optional input or output that is left out has an empty name.
  const isBlob = (name: string) => name !== '' && !weights.has(name)
  return nodes
    .filter((node) => !isConstant(node))
    .map(({ name, opType, inputs, outputs }) => ({
      name,
      type: opType,
      inputs: inputs.filter(isBlob),
      outputs: outputs.filter(isBlob),
    }))
}
