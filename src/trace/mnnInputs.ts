import type { TensorInfo } from '../model/TensorInfo.js'
import type { NativeSession } from '../native.js'

/** What a session takes, in the model's order; a dimension that it leaves open shows as it is set now. */
export function mnnInputs(session: NativeSession): readonly TensorInfo[] {
  return session.inputNames.map((name) => {
    const { shape, dtype, layout } = session.input(name)
    return { name, shape, dtype, layout }
  })
}
