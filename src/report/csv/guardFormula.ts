/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front, which makes it text again.
 * Names come out of model files: `=HYPERLINK(…)` is a layer name like any other.
 */
export function guardFormula(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
}
