// What prose and comments point to is there: sections, the numbered hazards of docs/engines.md, and files.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import t from 'tap'
import { projectPath } from '../helpers/projectPath.js'

const folders = ['docs', 'src', 'cpp', 'binding', 'test', 'scripts', 'bench', 'cmake', 'examples']
const files = ['README.md', 'CMakeLists.txt', ...folders.flatMap(filesBelow)]
const pages = files.filter((file) => file.endsWith('.md'))
const read = (file: string) => readFileSync(projectPath(file), 'utf8')

function filesBelow(folder: string): string[] {
  return readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(md|ts|mjs|js|cpp|h|inl|c|cmake|txt)$/.test(file) && !/fixtures|notices/.test(file))
    .map((file) => `${folder}/${file}`)
}

/** What each file says where `pattern` matches, as far as `isDead` says that it leads nowhere. */
function dead(among: string[], pattern: RegExp, isDead: (found: RegExpExecArray, file: string) => boolean) {
  return among.flatMap((file) =>
    [...read(file).matchAll(pattern)]
      .filter((found) => isDead(found, file))
      .map(([text]) => `${file}: ${text}`),
  )
}

/** The anchors of a page: those that it sets itself, and its headings as GitHub makes anchors of them. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$|<a name="([^"]*)">/gm)].map(
    ([, heading, name]) =>
      name ??
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
  )
}

t.test('links lead to headings', async (t) => {
  const links = /\]\(([^)#:\s]*)#([^)\s]+)\)/g
  t.same(
    dead(pages, links, ([, page, anchor], file) => {
      const target = page ? normalize(join(dirname(file), page)) : file
      return !pages.includes(target) || !anchorsOf(target).includes(anchor!)
    }),
    [],
  )
})

t.test('no section is cited by number, as none has one', async (t) => {
  t.same(
    dead(files, /§\s?\d[\d.]*/g, () => true),
    [],
  )
})

t.test('hazards that are cited are those of docs/engines.md', async (t) => {
  const listed = [...read('docs/engines.md').matchAll(/^\| (H\d+) /gm)].map((match) => match[1]!)
  t.ok(listed.length > 10)
  const sources = files.filter((file) => !file.startsWith('docs/boards'))
  t.same(
    // Two digits: an H100 is a GPU.
    dead(sources, /\bH\d{1,2}\b/g, ([hazard]) => !listed.includes(hazard)),
    [],
  )
})

t.test('files that are named exist', async (t) => {
  const names = new Set(files.map((file) => basename(file)))
  t.same(
    dead(
      files,
      /\b((cpp|binding)(\/[\w.-]+)+\.(cpp|h)|(src|test|scripts|bench|cmake|docs)(\/[\w.-]+)+\.(md|ts|mjs|cmake|json))\b/g,
      ([path], file) => ![path, join(dirname(file), path)].some((place) => existsSync(projectPath(place))),
    ),
    [],
  )
  t.same(
    dead(pages, /`([\w-]+\.(?:cpp|h|ts|mjs))`/g, ([, name]) => !names.has(name!)),
    [],
    'those without a folder as well',
  )
})
