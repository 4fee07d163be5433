import { writeFileSync } from 'node:fs'
import { seededRandom } from './seededRandom.js'

/** A network of 1 × 1 convolutions and whatever else its lines say, in ncnn's text format. */
export interface NcnnFile {
  /** Without the two lines of the header: `Input in0 0 1 in0`. */
  readonly layers: readonly string[]
  /** Of the layers that have some, in their order: those of a convolution are its kernel, then its bias. */
  readonly weights: readonly { readonly kernel: Float32Array; readonly bias: Float32Array }[]
}

/** Writes STEM.param and STEM.bin. */
export function writeNcnn(stem: string, { layers, weights }: NcnnFile): void {
  const blobs = new Set(
    layers.flatMap((line) => {
      const [, , bottoms, tops, ...names] = line.split(/\s+/)
      return names.slice(Number(bottoms), Number(bottoms) + Number(tops))
    }),
  )
  writeFileSync(`${stem}.param`, ['7767517', `${layers.length} ${blobs.size}`, ...layers, ''].join('\n'))
  // The tag of fp32 is a zero word; a bias has none.
  const parts = weights.flatMap(({ kernel, bias }) => [Float32Array.of(0), kernel, bias])
  writeFileSync(`${stem}.bin`, Buffer.concat(parts.map((part) => new Uint8Array(part.buffer.slice(0)))))
}

/** The line of a 1 × 1 convolution with a bias. */
export function convolutionLine(
  name: string,
  bottom: string,
  top: string,
  inputs: number,
  outputs: number,
): string {
  const sizes = `0=${outputs} 1=1 11=1 2=1 12=1 3=1 13=1 4=0 14=0 5=1 6=${inputs * outputs}`
  return `Convolution ${name} 1 1 ${bottom} ${top} ${sizes}`
}

/** Normally distributed, by seed. */
export function normals(seed: number, length: number): Float32Array {
  const random = seededRandom(seed)
  for (let i = 0; i < 16; i++) random()
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  )
}
