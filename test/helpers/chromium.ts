import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The browser's path, or undefined where none is installed. Nothing is ever downloaded. */
export function chromiumPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
}

/** Over a pipe: no port is opened. Chromium's own sandbox refuses to run as root. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = [
    '--disable-gpu',
    '--disable-dev-shm-usage',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
  return puppeteer.launch({ executablePath, pipe: true, args })
}
