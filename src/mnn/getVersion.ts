import { native } from '../native.js'

/** Version of the MNN that is linked in. */
export function getVersion(): string {
  return native().mnn.version
}
