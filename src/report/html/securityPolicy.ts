import { createHash } from 'node:crypto'
import type { PageAssets } from './pageAssets.js'

/**
 * A Content-Security-Policy under which the page reaches no network, and only the package's own script and
 * style count: what a model's name might smuggle in would not run.
 */
export function securityPolicy({ style, script }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
