import type { EffectiveSettings } from '../models/RunnableModel.js'

/** Engine, precision, device and threads in one line. */
export function settingsLine(engine: string, settings: EffectiveSettings): string {
  const { engineVersion, precision, requestedPrecision, device, backend, threads } = settings
  const asked = requestedPrecision === precision ? '' : ` (asked for ${requestedPrecision})`
  const where = device === backend || backend === '' ? device : `${device} (${backend})`
  return `${engine} ${engineVersion}, ${precision}${asked}, ${where}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}
