import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize, relative } from 'node:path'
import t from 'tap'

const cpp = 'cpp'

/** What the engines may lend: ncnn's enum of layer types, and the reader of MNN's files with its schema. */
const lent = ['<ncnn/layer_type.h>', '"MNN_generated.h"']

interface Include {
  readonly from: string
  /** With its brackets or quotes. */
  readonly header: string
}

function includesOf(file: string): readonly Include[] {
  const text = readFileSync(join(cpp, file), 'utf8')
  return [...text.matchAll(/^\s*#\s*include\s+(<[^>]+>|"[^"]+")/gm)].map(([, header]) => ({
    from: file,
    header: header!,
  }))
}

/** The file of the project that a quoted header is: beside the one that includes it, or under cpp/. */
function ownFile({ from, header }: Include, files: ReadonlySet<string>): string | undefined {
  const name = header.slice(1, -1)
  return [normalize(join(from, '..', name)), normalize(name)].find((file) => files.has(file))
}

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(h|cpp)$/.test(file))
    .map((file) => relative(cpp, join(folder, file)))
}

t.test('cpp/format sees no engine and no Node, directly or through other headers', (t) => {
  const files = new Set(sourcesUnder(cpp))
  const pending = [...sourcesUnder(join(cpp, 'format'))]
  t.ok(pending.length > 50, `${pending.length} sources`)
  const seen = new Set(pending)
  const foreign: string[] = []
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const include of includesOf(file)) {
      if (/^<[a-z_0-9]+>$/.test(include.header) || lent.includes(include.header)) continue
      const own = ownFile(include, files)
      if (own === undefined || /^(ncnn|mnn|vulkan|log|openmp)\//.test(own))
        foreign.push(`${file} includes ${include.header}`)
      else if (!seen.has(own)) pending.push(own)
      if (own !== undefined) seen.add(own)
    }
  }
  t.strictSame(foreign, [])
  t.end()
})
