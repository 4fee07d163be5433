const QUIET_INTERVAL_MS = 20_000

/** Shows a build's `[n/m]` lines: in place on a terminal, a line now and then elsewhere. */
export function buildProgress(title, stream = process.stderr) {
  const started = Date.now()
  let shown = 0
  const seconds = () => Math.round((Date.now() - started) / 1000)
  return {
    line(text) {
      const step = /^\[\s*(\d+)(?:\/(\d+)|%)\]/.exec(text)
      if (!step) return
      const percent = step[2] ? Math.floor((100 * step[1]) / step[2]) : Number(step[1])
      if (stream.isTTY) stream.write(`\r${title}: ${percent} % (${seconds()} s) `)
      else if (Date.now() - shown >= QUIET_INTERVAL_MS)
        stream.write(`${title}: ${percent} % (${seconds()} s)\n`)
      else return
      shown = Date.now()
    },
    done: () => stream.write(`${stream.isTTY ? '\r' : ''}${title}: done in ${seconds()} s\n`),
  }
}
