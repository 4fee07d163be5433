// 'twinfer/npy': .npy and .npz files.

export { parseNpy, readNpy } from './tensor/npy/readNpy.js'
export { formatNpy, writeNpy } from './tensor/npy/writeNpy.js'
export { Npz, readNpz } from './tensor/npz/Npz.js'
export { writeNpz } from './tensor/npz/writeNpz.js'
export type { ZipLimits } from './zip/ZipArchive.js'
