/**
 * Names come out of model files. Control characters, and the marks that turn the direction of text or hide in
 * it, are shown by their code point: `a⟨U+202E⟩b` cannot pass for another name.
 */
export function visibleText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}
