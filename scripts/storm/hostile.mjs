import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that no file of a storm lies in: whoever opens what is in it followed a path out of its own folder. */
export const elsewhere = join(tmpdir(), 'twinfer-storm-canary')

/** Files that lie there, and in the folder above each of the storm's; nothing of them may be read or shown. */
export const canaries = ['canary.npy', 'canary.txt', 'canary.png', 'canary.mnn', 'canary.bin']

/** What stands in each of them. */
export const secret = 'storm canary sings'

/** The beginning of a line that only a name with a line end in it can make. */
export const forged = 'storm forged this line'

const paths = canaries.flatMap((name) => [
  `../${name}`,
  `./x/../../${name}`,
  join(elsewhere, name),
  `..\\${name}`,
])

/** Names as no tool writes them: markup, what a terminal obeys, formulas, names of prototypes, ways out of the folder. */
export const hostileNames = [
  ...paths,
  '<storm onload=x>',
  `"' onstorm="x`,
  '</script><storm>',
  ']]><storm>',
  '\u001b]0;storm\u0007\u001b[2J',
  'a\u009b2Jb',
  `a\n${forged}`,
  `a\r${forged}`,
  `a\u2028${forged}`,
  'a\u202eb',
  '=storm(1)',
  '\t=storm(1)',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '.',
  '..',
  '/',
  '~',
  'a\0b',
  '\ud800',
  '%s%n',
  '$' + '{storm}',
  'x'.repeat(300),
  'y'.repeat(200_000),
]

/** Numbers at which sizes, counts and places break. */
export const oddNumbers = [0, -0, 1, -1, 2, 0.5, 255, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, 1e308]

/** `pick` of a list, and whole numbers, from a generator of numbers from 0 to 1. */
export function choices(next) {
  const below = (count) => Math.floor(next() * count)
  return {
    pick: (list) => list[below(list.length)],
    below,
    name: () => hostileNames[below(hostileNames.length)],
  }
}

/** A text as it may stand in the words that say what was changed. */
export const said = (value) => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 40)}… of ${text.length}` : text
}

/** Kinds of what a file must not make the program do. */
export const misdeeds = [
  'untyped error',
  'left its folder',
  'obeyed by a terminal',
  'forged line',
  'markup in a report',
  'formula in a table',
]
