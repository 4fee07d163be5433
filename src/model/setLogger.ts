import { answering } from '../errors/answering.js'
import { native } from '../native.js'
import type { LogLine } from './LogLine.js'

/**
 * Receives every line that the engines print on behalf of this thread's calls, direct bindings
 * included; `undefined` goes back to silence. A model's own `logger` option is called as well.
 */
export const setLogger = answering(
  'setLogger',
  function setLogger(logger: ((line: LogLine) => void) | undefined): void {
    native().setLogger(logger && ((engine, _level, text) => logger({ engine, text })))
  },
)
