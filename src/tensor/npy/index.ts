export { formatNpy } from './formatNpy.js'
export { parseNpy } from './parseNpy.js'
export { readNpy } from './readNpy.js'
export { writeNpy } from './writeNpy.js'
