import { readFileSync, writeFileSync } from 'node:fs'

/** The peak is one of the process: without Linux's way to set it back, it is that of all mutations until now. */
export function forgetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {}
}

/** Bytes of memory at the peak, and now that what was read is gone. */
export function memory() {
  const resting = process.memoryUsage.rss()
  try {
    const [, peak] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return { peak: Number(peak) * 1024, resting }
  } catch {
    return { peak: process.resourceUsage().maxRSS * 1024, resting }
  }
}
