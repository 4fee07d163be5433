/** A line that an engine printed. Nothing reaches stdout or stderr unasked. */
export interface LogLine {
  readonly engine: 'ncnn' | 'mnn'
  readonly text: string
}
