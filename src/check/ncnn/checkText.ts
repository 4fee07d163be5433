import type { FindingList } from '../FindingList.js'
import type { NcnnSource } from './NcnnSource.js'

/** What is wrong with the text of a .param. */
export function checkText({ text, param, problems }: NcnnSource, findings: FindingList): void {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/)
  const starts: number[] = []
  let start = 0
  for (const line of lines) {
    starts.push(start)
    start += Buffer.byteLength(line)
  }
  for (const { problem, place, detail, help } of problems) {
    // A layer's line names it in its second word, even where the rest cannot be read.
    const [type, name] = lines[place.line - 1]?.trim().split(/\s+/) ?? []
    const isLayer = place.line > 2 && type !== undefined && name !== undefined
    findings.error(problem, `line ${place.line}: ${detail}`, {
      layer: isLayer && problem !== 'layer-count' ? name : null,
      offset: starts[place.line - 1] ?? start,
      help,
    })
  }
  const [ignored] = param.ignoredLines
  if (ignored !== undefined) {
    const count = param.ignoredLines.length
    const which = count === 1 ? `line ${ignored}` : `${count} lines from line ${ignored} on`
    findings.warning('ignored-lines', `line 2 declares ${param.layerCount} layers: ncnn ignores ${which}`, {
      offset: starts[ignored - 1] ?? start,
      help: 'The network ends before: correct the count if those layers belong to it.',
    })
  }
  if (!text.includes('\r')) return
  findings.info('line-endings', 'lines end in CR LF, as Windows programs write them', {
    help: 'ncnn reads it; other readers may take the CR for part of a name.',
  })
}
