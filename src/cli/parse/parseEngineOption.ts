import { InvalidArgumentError } from 'commander'
import type { EngineOptions } from '../models/ModelOptions.js'

/** Adds one `KEY=VALUE`; true, false and numbers become such, anything else stays text. */
export function parseEngineOption(text: string, earlier: EngineOptions = {}): EngineOptions {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected KEY=VALUE.')
  return { ...earlier, [text.slice(0, at)]: parseValue(text.slice(at + 1)) }
}

function parseValue(text: string): boolean | number | string {
  if (text === 'true') return true
  if (text === 'false') return false
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
