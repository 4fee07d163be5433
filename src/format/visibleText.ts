import { styleText } from 'node:util'

/**
 * Names come out of model files. Control characters, and the marks that turn the direction of text or hide in
 * it, are shown by their code point: `a⟨U+202E⟩b` cannot pass for another name, and no name moves a terminal's cursor.
 *
 * @param kept characters that stay as they are: of whole texts, the ends of lines.
 */
export function visibleText(text: string, kept = ''): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) =>
    kept.includes(character)
      ? character
      : `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** What `paint` made: the only escape sequences that are this program's own. */
const painted = new Set<string>()

/** Colours the text only for a person at a terminal: not in a pipe, and not where NO_COLOR is set. */
export function paint(style: Style, text: string, stream: { isTTY?: boolean } = process.stdout): string {
  if (!stream.isTTY || process.env.NO_COLOR) return text
  const made = styleText(style, visibleText(text, '\t'))
  painted.add(made)
  return made
}

const colour = '\u001B\\[\\d+m'
const colours = new RegExp(`(${colour}[^\u001B]*${colour})`)

/**
 * A text as it may go to a terminal. Names and messages come from files of strangers: an escape sequence in one of them
 * would clear the screen or write the clipboard. Only what `paint` made stays.
 */
export function forTerminal(text: string): string {
  return visibleWithColours(text, '\n\t')
}

/** Texts of several lines that are this program's own. */
const laidOut = new Set<string>()

/** A text whose line ends are this program's own, as those of a table are, for `linesOf`. */
export function asLaidOut(text: string): string {
  laidOut.add(text)
  return text
}

/**
 * Lines as one text. A line end inside of one came with a name or a message, and would begin a line that this program did
 * not write, as `pass: …`: it is shown. Only a text that is laid out already stays as it is.
 */
export function linesOf(lines: readonly string[]): string {
  const safe = lines.map((line) => (laidOut.has(line) ? line : visibleWithColours(line, '\t')))
  return asLaidOut(safe.join('\n'))
}

/** The lines of a text of which nobody knows who ended them: all but the first are indented, so that they show whose they are. */
export function indented(text: string): readonly string[] {
  return text.split('\n').map((line, at) => (at === 0 ? line : `      ${line}`))
}

/** `visibleText` of a text with parts that `paint` made, which stay as they are. */
export function visibleWithColours(text: string, kept = ''): string {
  return text
    .split(colours)
    .map((part) => (painted.has(part) ? part : visibleText(part, kept)))
    .join('')
}
