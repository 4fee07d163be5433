import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { projectRoot } from '../engines/paths.mjs'

const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
}

/**
 * Compiles test/ to JavaScript, because a compiler under an emulator takes minutes, and gives the folder. It lies
 * beside test/, so that the tests find what they import.
 */
export function compileTests() {
  const folder = join(projectRoot, '.emulated')
  rmSync(folder, { recursive: true, force: true })
  for (const file of readdirSync(join(projectRoot, 'test'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const source = readFileSync(join(projectRoot, 'test', file), 'utf8')
    const compiled = join(folder, file.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(compiled), { recursive: true })
    writeFileSync(compiled, ts.transpileModule(source, { compilerOptions }).outputText)
  }
  return folder
}
