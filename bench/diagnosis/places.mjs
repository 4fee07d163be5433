import { join } from 'node:path'

export const root = new URL('../../', import.meta.url).pathname
/** The folder of models, pictures and broken files beside the project, or where TWINFER_SHARED says. */
export const shared = process.env.TWINFER_SHARED ?? join(root, '../shared')
