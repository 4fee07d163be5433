import { decodeWav } from '../../preprocess/audio/decodeWav.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import { readNpy } from '../../tensor/npy/readNpy.js'
import { readNpz } from '../../tensor/npz/Npz.js'
import type { SampleContent } from './EvalSet.js'

const arrays = /\.np[yz]$/i
const sounds = /\.wav$/i
const pictures = /\.(jpe?g|png|webp|tiff?|gif|avif|bmp)$/i

/** Whether a file of this name is an input, among whatever else lies in a folder. */
export function isInputFile(name: string): boolean {
  return arrays.test(name) || sounds.test(name) || pictures.test(name)
}

/** A picture or sound, decoded once for all models, or arrays. Throws what decoding and reading throw. */
export async function readSample(file: string): Promise<SampleContent> {
  if (/\.npz$/i.test(file)) return { inputs: Object.fromEntries(await readNpz(file)) }
  if (arrays.test(file)) return { inputs: { '': await readNpy(file) } }
  return { source: sounds.test(file) ? await decodeWav(file) : await decodeImage(file) }
}
