import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sharp, SharpOptions } from 'sharp'
import { TwinferError } from '../errors/TwinferError.js'

export type SharpModule = (input: Uint8Array, options: SharpOptions) => Sharp

/** sharp, an optional peer dependency. `purpose` is for the message. Throws TWINFER_MISSING_DEPENDENCY. */
export async function loadSharp(purpose: string): Promise<SharpModule> {
  const failures: string[] = []
  // With npx or a global installation the user's own packages lie elsewhere.
  for (const base of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      const file = createRequire(base).resolve('sharp')
      const { default: sharp } = (await import(pathToFileURL(file).href)) as { default: SharpModule }
      return sharp
    } catch (cause) {
      failures.push(cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause))
    }
  }
  throw new TwinferError('TWINFER_MISSING_DEPENDENCY', `${purpose} needs sharp: ${failures[0]}`, {
    help: 'Install it with `npm i sharp`, or decode images yourself and hand in their pixels.',
  })
}
