import { type Model, type OpenOptions, open } from 'twinfer'
import { Net } from 'twinfer/ncnn'

/** A text .param of these layers; the blobs are counted. */
export function paramText(...layers: string[]): string {
  const blobs = layers.reduce((count, layer) => count + Number(layer.split(' ')[3]), 0)
  return `7767517\n${layers.length} ${blobs}\n${layers.join('\n')}\n`
}

/** A block of weights behind the tag that says float32, as ncnn's layers load their first one. */
export function tagged(...values: number[]): number[] {
  return [0, ...values]
}

/** Opens a network of these layers; `weights` is the whole .bin as float32. */
export function openLayers(
  layers: readonly string[],
  weights: readonly number[] = [],
  options: OpenOptions = {},
): Promise<Model> {
  const bin = new Uint8Array(Float32Array.from(weights).buffer)
  return open(Buffer.from(paramText(...layers)), {
    precision: 'fp32',
    ...options,
    engine: 'ncnn',
    weights: bin,
  })
}

/** The same through the direct bindings, which take dimensions as they are. */
export function netOf(layers: readonly string[], weights: readonly number[] = []): Net {
  const net = new Net()
  net.setOptions({ use_fp16_storage: false, use_fp16_packed: false, use_fp16_arithmetic: false })
  net.loadParam(Buffer.from(paramText(...layers)))
  net.loadModel(new Uint8Array(Float32Array.from(weights).buffer))
  return net
}
