import { open as openFile } from 'node:fs/promises'
import { ModelFile, type ModelSource } from '../file/ModelFile.js'
import type { RunnableOptions } from '../pack/openRunnable.js'
import { Pack } from '../pack/Pack.js'
import type { NamedTensors } from '../tensor/requireTensor.js'
import { Network } from './Network.js'

/** What the candidate is held against: a model, which runs in fp32, or a golden pack, which remembers. */
export class Reference {
  #network: Promise<Network> | undefined
  #remembered: Promise<Remembered> | undefined

  private constructor(
    readonly name: string,
    readonly file: ModelFile | undefined,
    readonly pack: Pack | undefined,
    private readonly options: RunnableOptions,
  ) {}

  /** Throws what `ModelFile.from` and `Pack.open` throw. */
  static async open(source: ModelSource, options: RunnableOptions = {}): Promise<Reference> {
    if (typeof source === 'string' && (await isArchive(source))) {
      return new Reference(source, undefined, await Pack.open(source), options)
    }
    const file = await ModelFile.from(source)
    return new Reference(file.name, file, undefined, options)
  }

  /** The original, where its weights can be read. */
  get source(): ModelFile | undefined {
    return this.file?.engine === 'onnx' ? this.file : undefined
  }

  /** What the pack was recorded with; undefined for a model. */
  remembered(): Promise<Remembered> | undefined {
    if (this.pack === undefined) return undefined
    const { pack } = this
    this.#remembered ??= (async () => ({
      inputs: await pack.readAll(pack.manifest.inputs),
      outputs: await pack.readAll(pack.manifest.recorded.outputs),
    }))()
    return this.#remembered
  }

  /** Undefined for a pack: what it does not remember cannot be had. */
  network(): Promise<Network> | undefined {
    if (this.file === undefined) return undefined
    this.#network ??= Network.open(this.file, this.options)
    return this.#network
  }

  async close(): Promise<void> {
    this.pack?.close()
    // One that could not be opened has said so to whoever asked for it.
    await this.#network?.then((network) => network.close()).catch(() => {})
  }
}

export interface Remembered {
  readonly inputs: NamedTensors
  readonly outputs: NamedTensors
}

/** A golden pack is a zip, whatever it is called. Nothing is said of a file that cannot be read: its opener will. */
async function isArchive(path: string): Promise<boolean> {
  try {
    const handle = await openFile(path)
    try {
      const { buffer } = await handle.read({ buffer: Buffer.alloc(4), position: 0 })
      return buffer.toString('latin1') === 'PK\u0003\u0004'
    } finally {
      await handle.close()
    }
  } catch {
    return false
  }
}
