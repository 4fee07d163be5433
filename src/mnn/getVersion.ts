import { answering } from '../errors/answering.js'
import { native } from '../native.js'

/** Version of the MNN that is linked in. */
export const getVersion = answering('getVersion', function getVersion(): string {
  return native().mnn.version
})
