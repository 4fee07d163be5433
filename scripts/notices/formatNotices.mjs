const rule = '='.repeat(80)

/** The whole file: what it is, a table of contents, then each component with its terms. */
export function formatNotices(components) {
  const width = Math.max(...components.map(({ name }) => name.length))
  const contents = components.map(({ name, licence }) => `  ${name.padEnd(width)}  ${licence}`)
  const sections = components.map(formatSection)
  return `${[
    'twinfer is licensed under the Apache License 2.0 (see LICENSE). Its native addon contains the third-party',
    'software below. Each part stays under its own licence.',
    '',
    'JavaScript dependencies are installed as packages of their own, with their own licence files.',
    'This file is written by scripts/notices.mjs.',
    '',
    ...contents,
    '',
    ...sections,
  ].join('\n')}\n`
}

function formatSection({ name, licence, copyright, use, text }) {
  const head = [rule, name, `Licence: ${licence}`, ...copyright.map((line) => `Copyright: ${line}`), '', use]
  return [...head, ...(text ? ['', text.replaceAll('\r\n', '\n').trim()] : []), ''].join('\n')
}
