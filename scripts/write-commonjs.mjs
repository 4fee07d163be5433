#!/usr/bin/env node
// Writes what `require('twinfer')` finds: beside each entry of package.json a .cjs that hands on the same module (every
// Node of package.json's "engines" can require an ES module), and a .d.cts, without which TypeScript refuses an import
// from CommonJS under `module: node16`. The types are those of the .d.ts, not copies: a Model is a Model from both.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.values(exports).flatMap((entry) => entry.import?.types ?? [])
const declarations = entries.map((file) => join(root, file))
const program = ts.createProgram(declarations, { module: ts.ModuleKind.NodeNext, noLib: true, types: [] })
const checker = program.getTypeChecker()

for (const file of declarations) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file))
  const lines = checker.getExportsOfModule(module).flatMap(declare)
  const from = `'./${basename(file, '.d.ts')}.js' with { 'resolution-mode': 'import' }`
  const header = [`import type * as esm from ${from}`, `export type * from ${from}`]
  const stem = file.replace(/\.d\.ts$/, '')
  writeFileSync(`${stem}.d.cts`, `${[...header, ...lines].join('\n')}\n`)
  writeFileSync(`${stem}.cjs`, `module.exports = require('./${basename(stem)}.js')\n`)
}

/** A value; and its name as a type, which the value would hide, where it is one as well (a class). */
function declare(exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  if (!(symbol.flags & ts.SymbolFlags.Value)) return []
  const { name } = exported
  const value = `export declare const ${name}: typeof esm.${name}`
  return symbol.flags & ts.SymbolFlags.Type ? [value, `export type ${name} = esm.${name}`] : [value]
}
