export type { ZipLimits } from '../../zip/ZipLimits.js'
export { Npz } from './Npz.js'
export { readNpz } from './readNpz.js'
export { writeNpz } from './writeNpz.js'
