// The rooms of src/ lie on floors, and imports lead down: what a floor needs is below it, and rooms on one floor
// do not know each other. Circles are Biome's (noImportCycles).
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { projectPath } from '../helpers/projectPath.js'

/** From the ground up. A file that lies in no folder is named as well; those with .ts are the package's doors. */
const floors = [
  'errors format process packageVersion',
  'zip',
  'tensor',
  'native',
  'file',
  'preprocess',
  'ncnn mnn model',
  'onnx',
  'trace check',
  'compare',
  'pack report',
  'diagnose eval',
  'bench',
  'cli',
  'index.ts compare.ts check.ts trace.ts pack.ts diagnose.ts eval.ts bench.ts npy.ts preprocess.ts ncnn.ts mnn.ts',
]
const floorOf = new Map(
  floors.flatMap((rooms, floor) => rooms.split(' ').map((room) => [room, floor] as const)),
)
const doors = floors.length - 1

const source = projectPath('src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

function roomOf(file: string): string {
  const top = file.split('/')[0]!
  return floorOf.has(top) ? top : top.replace(/\.ts$/, '')
}

/** The files of src/ that a file names: imports of values and of types, dynamic ones, and what it exports again. */
function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(join(source, file), 'utf8'))
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(file), fileName).replace(/\.js$/, '.ts'))
}

t.test('every room of src/ has a floor, and every floor its rooms', async (t) => {
  t.same([...new Set(files.map(roomOf))].sort(), [...floorOf.keys()].sort())
})

t.test('imports lead down', async (t) => {
  const seen = files.flatMap((file) => importsOf(file).map((wanted) => ({ file, wanted })))
  t.ok(seen.length > files.length, 'imports are found')
  const astray = seen.filter(({ file, wanted }) => {
    const [from, to] = [roomOf(file), roomOf(wanted)]
    const [above, below] = [floorOf.get(from) ?? 0, floorOf.get(to) ?? doors]
    return from !== to && (below > above || (below === above && above !== doors))
  })
  t.same(
    astray.map(({ file, wanted }) => `${file} imports ${wanted}`),
    [],
  )
})
