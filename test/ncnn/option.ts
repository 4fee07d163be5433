// ncnn's Option is written down twice: as a table for the addon (cpp/ncnn) and as an interface. Both are those of
// ncnn's own header, field by field, and one that this package adds.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Net } from 'twinfer/ncnn'
import ts from 'typescript'
import { projectPath } from '../helpers/projectPath.js'

const offered = Object.fromEntries(
  Object.entries(new Net().opt).map(([field, value]) => [field, typeof value]),
)

/** The fields of the interface, with the word that is their type. */
function declared(): Record<string, string> {
  const file = projectPath('src/ncnn/Net.ts')
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true)
  const option = statements.find((it) => ts.isInterfaceDeclaration(it) && it.name.text === 'Option')
  const members = [...(option as ts.InterfaceDeclaration).members]
  return Object.fromEntries(
    members.filter(ts.isPropertySignature).map(({ name, type }) => [name.getText(), type!.getText()]),
  )
}

/** The header of the ncnn that the addon was built with, where it was built on this machine. */
function header(): string | undefined {
  const engines = projectPath(`build/${process.platform}-${process.arch}/engines.cmake`)
  const prefix = existsSync(engines) && /NCNN_PREFIX "(.*)"/.exec(readFileSync(engines, 'utf8'))?.[1]
  const file = prefix && join(prefix, 'include/ncnn/option.h')
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

t.test('every field that the addon offers is in the interface, and the other way round', async (t) => {
  t.same(declared(), offered)
})

const found = header()
t.test(
  'every field of ncnn’s own is offered, except pointers and what is reserved',
  { skip: found === undefined && 'needs the engines that the addon was built with' },
  async (t) => {
    const fields = [...found!.matchAll(/^ +(\w[\w ]*?) (\w+);$/gm)]
      .filter(([, , name]) => !name!.startsWith('use_reserved_'))
      .map(([, type, name]) => [name!, type === 'bool' ? 'boolean' : 'number'] as const)
    t.same({ ...Object.fromEntries(fields), kernels: 'boolean' }, offered)
  },
)
